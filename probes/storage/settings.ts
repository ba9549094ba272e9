import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { certificatesProblem } from '../../src/formats/pem.ts';
import { isLoopbackHost } from '../../src/model/loopback.ts';
import { type FileValue, fileValued, secret } from '../../src/model/settings.ts';
import { hostOf } from './place.ts';

export const settings = z
  .strictObject({
    /** `/Volumes/…` or another mounted path, `file:///…`, `s3://bucket/prefix`, `abfss://container@account.dfs.core.windows.net/prefix`. */
    url: z.string().min(1),
    /** Where the storage answers; of an S3 service that is not AWS itself it must be said. */
    endpoint: z.string().optional(),
    region: z
      .string()
      .regex(/^[a-z0-9-]+$/, 'expected the name of a region, such as eu-central-1')
      .optional(),
    accessKeyId: z.string().min(1).optional(),
    secretAccessKey: secret().optional(),
    sessionToken: secret().optional(),
    accountKey: secret().optional(),
    sasToken: secret().optional(),
    /** Authorities to trust in place of the built-in ones. */
    ca: fileValued().optional(),
  })
  .superRefine((given, issues) => {
    const refuse = (path: string[], message: string) => issues.addIssue({ code: 'custom', path, message });
    const place = placeIn(given.url);
    if (typeof place === 'string') {
      refuse(['url'], place);
      return;
    }
    for (const key of KEYS)
      if (given[key] !== undefined && !TAKES[place.kind].has(key))
        refuse([key], `is no setting of ${SCHEME[place.kind]}`);
    if (place.kind !== 'path' && given.endpoint !== undefined) {
      const problem = endpointProblem(given.endpoint, given.sasToken !== undefined);
      if (problem !== null) refuse(['endpoint'], problem);
    }
    if (place.kind === 's3') for (const [key, message] of s3Problems(given)) refuse([key], message);
    if (place.kind === 'abfss') for (const [key, message] of abfssProblems(given)) refuse([key], message);
    const problem = given.ca === undefined ? null : certificatesProblem(given.ca.text);
    if (problem !== null) refuse(['ca'], problem);
  });
export type StorageSettings = z.infer<typeof settings>;

/** Prefixes are empty or end with a slash. */
export type FolderPlace = { readonly kind: 'path'; readonly folder: string };
export type BucketPlace = { readonly kind: 's3'; readonly bucket: string; readonly prefix: string };
export type ContainerPlace = {
  readonly kind: 'abfss';
  readonly container: string;
  /** As written: the host of the Data Lake API, or that of the Blob API. */
  readonly host: string;
  readonly account: string;
  readonly prefix: string;
};
export type Place = FolderPlace | BucketPlace | ContainerPlace;

const SCHEME = { path: 'a mounted path', s3: 's3', abfss: 'abfss' } as const satisfies Record<Place['kind'], string>;

const KEYS = [
  'endpoint',
  'region',
  'accessKeyId',
  'secretAccessKey',
  'sessionToken',
  'accountKey',
  'sasToken',
  'ca',
] as const satisfies readonly (keyof StorageSettings)[];
type Key = (typeof KEYS)[number];

const TAKES: Readonly<Record<Place['kind'], ReadonlySet<Key>>> = {
  path: new Set(),
  s3: new Set(['endpoint', 'region', 'accessKeyId', 'secretAccessKey', 'sessionToken', 'ca']),
  abfss: new Set(['endpoint', 'accountKey', 'sasToken', 'ca']),
};

const S3 = /^s3a?:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/;
const ABFSS = /^abfss:\/\/([a-z0-9$][a-z0-9-]{1,62})@(([a-z0-9]+)\.[a-z0-9.-]+)(?:\/(.*))?$/;

export function placeOf({ url }: Pick<StorageSettings, 'url'>): Place {
  const place = placeIn(url);
  if (typeof place === 'string') throw new Error('the settings were not checked');
  return place;
}

/** Where the URL leads, or what is wrong with it. */
function placeIn(url: string): Place | string {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]?.toLowerCase();
  switch (scheme) {
    case undefined:
      return url.startsWith('/') ? { kind: 'path', folder: url } : 'expected an absolute path, or s3:// or abfss://';
    case 'file':
      return folderIn(url);
    case 's3':
    case 's3a':
      return bucketIn(url);
    case 'abfss':
      return containerIn(url);
    default:
      return 'expected an absolute path, or file:///, s3:// or abfss://';
  }
}

function folderIn(url: string): FolderPlace | string {
  if (!/^file:\/\/\//i.test(url) || !URL.canParse(url)) return 'expected file:/// and an absolute path';
  const { search, hash } = new URL(url);
  if (search !== '' || hash !== '') return 'expected a path without query and fragment';
  return { kind: 'path', folder: fileURLToPath(url) };
}

function bucketIn(url: string): BucketPlace | string {
  const [, bucket, rest = ''] = S3.exec(url) ?? [];
  if (bucket === undefined) return 'expected s3://bucket/prefix, without keys in it';
  const prefix = prefixIn(rest);
  return prefix === null ? NO_PREFIX : { kind: 's3', bucket, prefix };
}

function containerIn(url: string): ContainerPlace | string {
  const [, container, host, account, rest = ''] = ABFSS.exec(url) ?? [];
  if (container === undefined || host === undefined || account === undefined)
    return 'expected abfss://container@account.dfs.core.windows.net/prefix, without keys in it';
  const prefix = prefixIn(rest);
  return prefix === null ? NO_PREFIX : { kind: 'abfss', container, host, account, prefix };
}

const NO_PREFIX = 'expected a prefix of plain names, without query, fragment, empty names or dots alone';

/** URLs resolve names that are dots alone, so that the signed path would not be the one that is asked for. */
function prefixIn(rest: string): string | null {
  const path = rest.replace(/\/$/, '');
  if (path === '') return '';
  const isPlain = !/[?#\\]/.test(path) && path.split('/').every((name) => !/^\.*$/.test(name));
  return isPlain ? `${path}/` : null;
}

type Problem = readonly [Key, string];
type Given = Pick<StorageSettings, Exclude<Key, 'ca'>> & { readonly ca?: FileValue | undefined };

function s3Problems({ endpoint, region, accessKeyId, secretAccessKey }: Given): readonly Problem[] {
  return [
    ...(accessKeyId === undefined ? [['accessKeyId', 'is missing'] as const] : []),
    ...(secretAccessKey === undefined ? [['secretAccessKey', 'is missing'] as const] : []),
    ...(endpoint === undefined && region === undefined
      ? [['region', 'is missing: AWS needs a region, and any other service an endpoint'] as const]
      : []),
  ];
}

function abfssProblems({ accountKey, sasToken }: Given): readonly Problem[] {
  if (accountKey === undefined && sasToken === undefined) return [['accountKey', 'is missing: or give sasToken']];
  if (accountKey !== undefined && sasToken !== undefined)
    return [['sasToken', 'takes the place of accountKey: give one of them']];
  if (accountKey !== undefined && !/^[A-Za-z0-9+/]+={0,2}$/.test(accountKey))
    return [['accountKey', 'expected base64, as the portal shows it']];
  if (sasToken !== undefined && !new URLSearchParams(sasToken).has('sig'))
    return [['sasToken', 'expected the query of a shared access signature, with sig=…']];
  return [];
}

/** Requests are signed, and show no secret; a shared access signature is itself the secret. */
function endpointProblem(endpoint: string, isBearer: boolean): string | null {
  if (!URL.canParse(endpoint)) return 'expected an https URL';
  const { protocol, username, password, search, hash } = new URL(endpoint);
  if (protocol !== 'https:' && protocol !== 'http:') return 'expected an https URL';
  if (username !== '' || password !== '' || search !== '' || hash !== '')
    return 'expected a URL without user, query and fragment';
  if (protocol === 'http:' && isBearer && !isLoopbackHost(hostOf(new URL(endpoint))))
    return 'expected https: a shared access signature would be shown to the network';
  return null;
}
