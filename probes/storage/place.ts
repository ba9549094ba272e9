import type { BucketPlace, ContainerPlace, StorageSettings } from './settings.ts';

/** The host without the brackets that a URL puts around an IPv6 address. */
export const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '');
export const portOf = (url: URL): number => Number(url.port || (url.protocol === 'https:' ? 443 : 80));

/** Any name serves where the service has no regions; its signature must have one. */
export const regionOf = ({ region }: Pick<StorageSettings, 'region'>): string => region ?? 'us-east-1';

/** Services other than AWS mostly have no name for each bucket; a bucket with a dot in its name fits into no certificate of AWS. */
export const isPathStyle = ({ bucket }: BucketPlace, { endpoint }: Pick<StorageSettings, 'endpoint'>): boolean =>
  endpoint !== undefined || bucket.includes('.');

/** Where S3 answers, without the bucket. */
export function s3Endpoint(settings: Pick<StorageSettings, 'endpoint' | 'region'>): URL {
  const region = regionOf(settings);
  return new URL(settings.endpoint ?? `https://s3.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`);
}

/** Where the requests for the bucket go. */
export function bucketOrigin(place: BucketPlace, settings: Pick<StorageSettings, 'endpoint' | 'region'>): URL {
  const endpoint = s3Endpoint(settings);
  return isPathStyle(place, settings) ? endpoint : new URL(`${endpoint.protocol}//${place.bucket}.${endpoint.host}`);
}

/** The container by the Blob API, which every storage account answers under a name of its own. */
export function containerUrl(place: ContainerPlace, { endpoint }: Pick<StorageSettings, 'endpoint'>): URL {
  const base = endpoint ?? `https://${place.host.replace('.dfs.', '.blob.')}`;
  return new URL(`${base.replace(/\/+$/, '')}/${place.container}`);
}
