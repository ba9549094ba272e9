import { describe, expect, test } from 'vitest';
import { mintAuthority } from '../../../../fixtures/kit/pki.ts';
import { storage } from '../../../../probes/storage/probe.ts';
import { placeOf, settings } from '../../../../probes/storage/settings.ts';
import { FileValue } from '../../../../src/model/settings.ts';

const S3 = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret', region: 'eu-central-1' };
const KEY = { accountKey: 'a2V5' };
const SAS = { sasToken: '?sv=2026-04-06&sp=rcwdl&sig=a%2Bb%3D' };

const described = (given: object) => storage.describe(settings.parse(given));

describe('a url leads to', () => {
  test.each([
    ['/Volumes/claims/raw/handoff', {}, { kind: 'path', folder: '/Volumes/claims/raw/handoff' }],
    ['file:///mnt/hand%20off', {}, { kind: 'path', folder: '/mnt/hand off' }],
    ['s3://claims-raw', S3, { kind: 's3', bucket: 'claims-raw', prefix: '' }],
    ['s3://claims-raw/', S3, { kind: 's3', bucket: 'claims-raw', prefix: '' }],
    ['s3a://claims-raw/hand/off', S3, { kind: 's3', bucket: 'claims-raw', prefix: 'hand/off/' }],
    [
      'abfss://raw@claims.dfs.core.windows.net/hand/off/',
      KEY,
      {
        kind: 'abfss',
        container: 'raw',
        host: 'claims.dfs.core.windows.net',
        account: 'claims',
        prefix: 'hand/off/',
      },
    ],
  ])('%s', (url, keys, place) => {
    expect(placeOf(settings.parse({ url, ...keys }))).toEqual(place);
  });
});

describe('refused is', () => {
  test.each<[what: string, given: object, key: string]>([
    ['a relative path', { url: 'handoff' }, 'url'],
    ['a relative path with a colon', { url: './a:b' }, 'url'],
    ['a file URL of another host', { url: 'file://host/mnt' }, 'url'],
    ['another scheme', { url: 'gs://bucket/prefix' }, 'url'],
    ['plain abfs', { url: 'abfs://raw@claims.dfs.core.windows.net', ...KEY }, 'url'],
    ['a bucket with keys before it', { url: 's3://key:secret@bucket', ...S3 }, 'url'],
    ['a prefix that leads upwards', { url: 's3://bucket/a/../b', ...S3 }, 'url'],
    ['a prefix with an empty name', { url: 's3://bucket/a//b', ...S3 }, 'url'],
    ['a signature in the URL', { url: 'abfss://raw@claims.dfs.core.windows.net/a?sig=x', ...KEY }, 'url'],
    ['a key for a path', { url: '/mnt', ...KEY }, 'accountKey'],
    ['an endpoint for a path', { url: '/mnt', endpoint: 'https://s3.example' }, 'endpoint'],
    ['an account key for s3', { url: 's3://bucket', ...S3, ...KEY }, 'accountKey'],
    ['an access key for abfss', { url: 'abfss://raw@claims.dfs.core.windows.net', ...KEY, ...S3 }, 'accessKeyId'],
    ['s3 without a secret', { url: 's3://bucket', accessKeyId: 'A', region: 'eu-central-1' }, 'secretAccessKey'],
    ['s3 with neither region nor endpoint', { url: 's3://bucket', ...S3, region: undefined }, 'region'],
    ['abfss without any key', { url: 'abfss://raw@claims.dfs.core.windows.net' }, 'accountKey'],
    ['abfss with two', { url: 'abfss://raw@claims.dfs.core.windows.net', ...KEY, ...SAS }, 'sasToken'],
    [
      'an account key that is none',
      { url: 'abfss://raw@claims.dfs.core.windows.net', accountKey: 'no key' },
      'accountKey',
    ],
    ['a signature that is none', { url: 'abfss://raw@claims.dfs.core.windows.net', sasToken: 'sp=r' }, 'sasToken'],
    ['an endpoint with a user', { url: 's3://bucket', ...S3, endpoint: 'https://a:b@s3.example' }, 'endpoint'],
    ['an endpoint of another protocol', { url: 's3://bucket', ...S3, endpoint: 'ftp://s3.example' }, 'endpoint'],
    [
      'a signature over plain HTTP',
      { url: 'abfss://raw@claims.dfs.core.windows.net', ...SAS, endpoint: 'http://blob.example/claims' },
      'endpoint',
    ],
    ['a key that there is not', { url: '/mnt', password: 'x' }, ''],
    ['what is no certificate', { url: 's3://bucket', ...S3, ca: new FileValue(Buffer.from('no PEM'), 'ca.pem') }, 'ca'],
  ])('%s', (_, given, key) => {
    const { success, error } = settings.safeParse(given);
    expect(success).toBe(false);
    expect(error?.issues.map(({ path }) => path.join('.'))).toContain(key);
  });

  test('nothing of these, which are right', () => {
    const ca = new FileValue(Buffer.from(mintAuthority('CA').certPem), 'ca.pem');
    for (const given of [
      { url: 's3://bucket', ...S3, region: undefined, endpoint: 'http://minio.internal:9000', ca },
      { url: 's3://bucket', ...S3, sessionToken: 'token' },
      { url: 'abfss://raw@claims.dfs.core.windows.net', ...SAS, endpoint: 'http://127.0.0.1:10000/claims' },
      { url: 'abfss://raw@claims.dfs.core.windows.net', ...KEY, endpoint: 'http://blob.example/claims' },
    ])
      expect(settings.safeParse(given).error?.issues).toBeUndefined();
  });
});

describe('a target names', () => {
  test('no server behind a path, and the grants of a volume', () => {
    const { endpoint, footprint, privileges } = described({ url: '/Volumes/claims/raw/handoff/x' });
    expect({ endpoint, footprint }).toEqual({
      endpoint: '/Volumes/claims/raw/handoff/x',
      footprint: { identity: null, servers: [] },
    });
    expect(privileges.join('\n')).toContain('GRANT READ VOLUME, WRITE VOLUME ON VOLUME claims.raw.handoff');
  });

  test.each([
    ['AWS by the name of the bucket', {}, 's3://claims-raw', 'claims-raw.s3.eu-central-1.amazonaws.com:443'],
    ['a bucket with a dot by its path', {}, 's3://claims.raw', 's3.eu-central-1.amazonaws.com:443'],
    ['AWS in China', { region: 'cn-north-1' }, 's3://raw', 'raw.s3.cn-north-1.amazonaws.com.cn:443'],
    ['an endpoint as it stands', { endpoint: 'http://minio.internal:9000' }, 's3://raw', 'minio.internal:9000'],
    ['an endpoint by an address', { endpoint: 'https://[::1]:9000' }, 's3://raw', '[::1]:9000'],
  ])('%s', (_, over, url, server) => {
    const { footprint, privileges } = described({ url, ...S3, ...over });
    expect(footprint).toMatchObject({ identity: `AKIDEXAMPLE@${server}`, servers: [{ address: server, logins: 1 }] });
    expect(privileges[0]).toBe(`Firewall: TCP from this context to ${server}.`);
  });

  test('the objects below its prefix alone in what it asks of IAM', () => {
    const { privileges } = described({ url: 's3://claims-raw/hand/off', ...S3 });
    expect(privileges.slice(1)).toEqual([
      'IAM: s3:PutObject, s3:GetObject and s3:DeleteObject on arn:aws:s3:::claims-raw/hand/off/preflight-probe-*.',
      'IAM: s3:ListBucket on arn:aws:s3:::claims-raw, where s3:prefix is like hand/off/preflight-probe-*.',
    ]);
  });

  test('the Blob API of an account, and that ABFS speaks to another name', () => {
    const { footprint, differences, secrets } = described({ url: 'abfss://raw@claims.dfs.core.windows.net/x', ...KEY });
    expect(footprint.identity).toBe('claims@claims.blob.core.windows.net:443');
    expect(differences[0]).toContain('claims.dfs.core.windows.net');
    expect(secrets).toEqual([]);
  });

  test('its signature, encoded and not, as a secret', () => {
    const { footprint, secrets } = described({ url: 'abfss://raw@claims.blob.core.windows.net/x', ...SAS });
    expect(footprint.identity).toBe('claims/raw (SAS)@claims.blob.core.windows.net:443');
    expect(secrets).toEqual(['a%2Bb%3D', 'a+b=']);
  });
});
