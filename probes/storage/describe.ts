import type { Description } from '../../src/model/probe.ts';
import { hostPort } from '../../src/net/resolve.ts';
import { bucketOrigin, containerUrl, hostOf, portOf } from './place.ts';
import { type BucketPlace, type ContainerPlace, type FolderPlace, placeOf, type StorageSettings } from './settings.ts';

/** Four requests, and in the first attempt of a run some more. */
const BYTES = 16_000;

export function describe(settings: StorageSettings): Description {
  const place = placeOf(settings);
  switch (place.kind) {
    case 'path':
      return describeFolder(place);
    case 's3':
      return describeBucket(place, settings);
    case 'abfss':
      return describeContainer(place, settings);
    default:
      return place satisfies never;
  }
}

const describeFolder = ({ folder }: FolderPlace): Description => ({
  endpoint: folder,
  footprint: { identity: null, servers: [] },
  differences: ['Writes each file whole and renames nothing; committers of Spark rename what they have written.'],
  untestable: null,
  secrets: [],
  parts: [],
  deadlinesMs: {},
  privileges: [
    `Path ${folder}: write, read, list and delete files named preflight-probe-*.canary; nothing else is touched.`,
    ...volumeOf(folder),
  ],
});

/** A volume of Unity Catalog. */
function volumeOf(folder: string): readonly string[] {
  const [, catalog, schema, volume] = /^\/Volumes\/([^/]+)\/([^/]+)\/([^/]+)/.exec(folder) ?? [];
  if (volume === undefined) return [];
  return [
    `Databricks: GRANT READ VOLUME, WRITE VOLUME ON VOLUME ${catalog}.${schema}.${volume}, USE SCHEMA ON SCHEMA ${catalog}.${schema} and USE CATALOG ON CATALOG ${catalog}.`,
  ];
}

function describeBucket(place: BucketPlace, settings: StorageSettings): Description {
  const { bucket, prefix } = place;
  const canaries = `${prefix}preflight-probe-*`;
  return {
    ...overNetwork({ url: bucketOrigin(place, settings), settings, account: settings.accessKeyId ?? '' }),
    differences: [
      'Makes each request once; S3A repeats a failed one (fs.s3a.attempts.maximum, fs.s3a.retry.limit).',
      'Uses the access key of the settings alone: instance profiles, assumed roles and credentials of Unity Catalog are not tried.',
      'Writes each object with one PutObject; multipart uploads and committers are not tried.',
      ...ofAnyClient(settings),
    ],
    privileges: [
      firewallFor(bucketOrigin(place, settings)),
      `IAM: s3:PutObject, s3:GetObject and s3:DeleteObject on arn:aws:s3:::${bucket}/${canaries}.`,
      `IAM: s3:ListBucket on arn:aws:s3:::${bucket}, where s3:prefix is like ${canaries}.`,
    ],
  };
}

function describeContainer(place: ContainerPlace, settings: StorageSettings): Description {
  const { container, account, host } = place;
  const url = containerUrl(place, settings);
  const isSas = settings.sasToken !== undefined;
  return {
    // another signature is another identity, and most are of one container
    ...overNetwork({ url, settings, account: isSas ? `${account}/${container} (SAS)` : account }),
    secrets: signatureIn(settings.sasToken),
    differences: [
      ...(host === url.host
        ? []
        : [
            `Speaks the Blob API to ${url.host}; the ABFS driver of Spark speaks to ${host}, whose name, private endpoint and firewall rule are not tried.`,
          ]),
      'Makes each request once; ABFS repeats a failed one up to 30 times (fs.azure.io.retry.max.retries).',
      'Uses the key or the shared access signature of the settings alone: service principals and managed identities are not tried.',
      ...ofAnyClient(settings),
    ],
    privileges: [
      firewallFor(url),
      isSas
        ? `Shared access signature of container ${container}: read, create, write, delete and list (sp=rcwdl).`
        : `Storage account ${account}: access by its key must be allowed.`,
    ],
  };
}

const firewallFor = (url: URL): string => `Firewall: TCP from this context to ${hostPort(hostOf(url), portOf(url))}.`;

type Over = { readonly url: URL; readonly settings: StorageSettings; readonly account: string };

function overNetwork({ url, settings, account }: Over): Omit<Description, 'differences' | 'privileges'> {
  const server = hostPort(hostOf(url), portOf(url));
  return {
    endpoint: `${settings.url} at ${server}`,
    footprint: {
      identity: `${account}@${server}`,
      servers: [{ address: server, connections: 1, logins: 1, joins: 0, commits: 0, bytes: BYTES }],
    },
    untestable: null,
    secrets: [],
    parts: [],
    deadlinesMs: {},
  };
}

const ofAnyClient = ({ ca }: StorageSettings): readonly string[] => [
  'Uses no proxy, whatever the environment or the JVM’s settings say.',
  ...(ca === undefined ? ['Trusts the authorities that come with Node; a JVM trusts those of its own cacerts.'] : []),
];

/** A server might repeat it on its own, encoded or not. */
function signatureIn(sasToken: string | undefined): readonly string[] {
  const written = /(?:^\??|&)sig=([^&]+)/.exec(sasToken ?? '')?.[1];
  const decoded = new URLSearchParams((sasToken ?? '').replace(/^\?/, '')).get('sig');
  return [written, decoded].filter((value) => value !== undefined && value !== null && value !== '').map(String);
}
