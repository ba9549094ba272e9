import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { bytesOf, nameOf } from '../../../../probes/storage/canary.ts';
import { storage } from '../../../../probes/storage/probe.ts';
import { saidOf, type TryOptions, tryOnce } from '../../../kit/attempt.ts';

// A storage that does wrong, which no real one can be made to do.

const OWN = { context: 'serverless', run: '00000000-0000-4000-8000-000000000000' };

type Asked = { readonly verb: 'PUT' | 'GET' | 'LIST' | 'DELETE'; readonly stored: string };
type Answers = (asked: Asked, response: ServerResponse, request: IncomingMessage) => void;

/** An attempt over S3 on a server of one bucket that answers so. */
async function attempt(answers: Answers, options: TryOptions = {}) {
  let stored = '';
  let connections = 0;
  const verbs: string[] = [];
  const server = createServer(async (request, response) => {
    const verb = request.url?.includes('list-type=2') === true ? 'LIST' : request.method;
    if (verb === 'PUT') stored = await text(request);
    if (verb !== 'PUT' && verb !== 'GET' && verb !== 'LIST' && verb !== 'DELETE') throw new Error(`asked ${verb}`);
    verbs.push(verb);
    answers({ verb, stored }, response, request);
  });
  server.on('connection', () => {
    connections += 1;
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  try {
    const settings = {
      url: 's3://bucket/x',
      endpoint: `http://127.0.0.1:${port}`,
      accessKeyId: 'AK',
      secretAccessKey: 'SK',
    };
    return { tried: await tryOnce(storage, settings, { ...OWN, n: 2, ...options }), verbs, connections };
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const listOf = (keys: readonly string[]): string =>
  `<ListBucketResult><KeyCount>${keys.length}</KeyCount>${keys
    .map((key) => `<Contents><Key>x/${key}</Key><Size>512</Size></Contents>`)
    .join('')}</ListBucketResult>`;

const right: Answers = ({ verb, stored }, response) => {
  if (verb === 'LIST') response.setHeader('content-type', 'application/xml');
  response.end(verb === 'GET' ? stored : verb === 'LIST' ? listOf([nameOf(OWN)]) : '');
};

/** Right in all but one thing. */
const but =
  (wrongVerb: Asked['verb'], wrong: Answers): Answers =>
  (asked, response, request) =>
    (asked.verb === wrongVerb ? wrong : right)(asked, response, request);

const saysError =
  (status: number, code: string): Answers =>
  (_, response) =>
    response
      .writeHead(status, { 'content-type': 'application/xml' })
      .end(`<Error><Code>${code}</Code><Message>told</Message></Error>`);

test('a storage that does right is asked three times on one connection', async () => {
  const { tried, verbs, connections } = await attempt(right);
  expect(tried.observation).toMatchObject({ back: 'same', listed: true });
  expect({ verbs, connections }).toEqual({ verbs: ['PUT', 'GET', 'LIST'], connections: 1 });
});

test('a request is signed, names us, and is for our canary alone', async () => {
  const seen: IncomingMessage[] = [];
  await attempt((asked, response, request) => {
    seen.push(request);
    right(asked, response, request);
  });
  for (const { headers } of seen) {
    expect(headers.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=AK\/\d{8}\/us-east-1\/s3\/aws4_request, /);
    expect(headers['user-agent']).toMatch(/^preflight-probe\//);
    expect(JSON.stringify(headers)).not.toContain('SK"');
  }
  const canary = nameOf(OWN);
  const paths = seen.map(({ url = '' }) => new URL(url, 'http://storage').pathname);
  expect(paths).toEqual([`/bucket/x/${canary}`, `/bucket/x/${canary}`, '/bucket/']);
  const { searchParams } = new URL(seen[2]?.url ?? '', 'http://storage');
  expect(Object.fromEntries(searchParams)).toEqual({ 'list-type': '2', 'max-keys': '1000', prefix: `x/${canary}` });
});

describe('what comes back', () => {
  test.each([
    [
      'with one letter changed',
      bytesOf(OWN).toString().toUpperCase(),
      '512 bytes came back, and not those that were written',
    ],
    ['cut short', bytesOf(OWN).toString().slice(0, 100), '100 bytes came back of 512'],
    ['empty', '', '0 bytes came back of 512'],
  ])('%s is a failure of its own', async (_, body, told) => {
    const { tried } = await attempt(but('GET', (_asked, response) => response.end(body)));
    expect(saidOf(tried)).toBe('request storage-canary-altered');
    expect(tried.failure?.classified).toMatchObject({ detail: `read: ${told}` });
  });

  test('not at all is observed, since a reader may have taken it', async () => {
    const { tried } = await attempt(but('GET', saysError(404, 'NoSuchKey')));
    expect(tried.observation).toMatchObject({ back: 'gone', listed: true });
  });

  test('and is not listed is observed', async () => {
    const { tried } = await attempt(but('LIST', (_, response) => response.end(listOf([]))));
    expect(tried.observation).toMatchObject({ back: 'same', listed: false });
  });
});

test.each<[string, Answers, string]>([
  ['refuses to write', but('PUT', saysError(403, 'AccessDenied')), 'request not-authorized'],
  ['refuses to read', but('GET', saysError(403, 'AccessDenied')), 'request not-authorized'],
  ['refuses to list', but('LIST', saysError(403, 'AccessDenied')), 'request not-authorized'],
  ['limits us', but('PUT', saysError(503, 'SlowDown')), 'request throttled'],
  [
    'answers a page in place of a list',
    but('LIST', (_, response) => response.end('<html')),
    'request protocol-violation',
  ],
  [
    'answers with the error page of a proxy',
    but('PUT', (_, response) => response.writeHead(502).end('<html>')),
    'request server-error',
  ],
  ['resets', but('GET', (_, response) => response.socket?.resetAndDestroy()), 'request connection-reset'],
  ['closes', but('GET', (_, response) => response.socket?.end()), 'request connection-closed'],
  ['hangs', but('GET', () => {}), 'request request-timeout'],
])('a storage that %s is asked once, and never again in this attempt', async (_, answers, said) => {
  const { tried, verbs, connections } = await attempt(answers, { deadlinesMs: { request: 300 } });
  expect(saidOf(tried)).toBe(said);
  expect(new Set(verbs).size).toBe(verbs.length);
  expect(connections).toBe(1);
});

test('a server that ends the connection after each answer is connected to anew, at the pace of the run', async () => {
  const { tried, connections } = await attempt((asked, response, request) => {
    response.setHeader('connection', 'close');
    right(asked, response, request);
  });
  expect(tried.observation).toMatchObject({ back: 'same', listed: true });
  expect(connections).toBe(3);
  expect(tried.admitted).toHaveLength(2);
  expect(tried.stages.map(({ stage }) => stage)).toEqual([
    ...['resolve', 'connect', 'request', 'connect', 'request', 'connect', 'request'],
  ]);
});

describe('of what earlier runs have left, of this context and of another', () => {
  const run = '00000000-0000-4000-8000-000000000001';
  const other = { context: 'dedicated', run };
  const earlier = { ...OWN, run };
  const shared =
    (remove: Answers): Answers =>
    (asked, response, request) => {
      if (asked.verb === 'DELETE') return remove(asked, response, request);
      if (asked.verb === 'LIST') return response.end(listOf([OWN, other, earlier].map(nameOf)));
      if (request.url?.includes(nameOf(other)) === true) return response.end(bytesOf(other));
      return right(asked, response, request);
    };

  test('what may not be deleted is told, and is no failure', async () => {
    const { tried } = await attempt(shared(saysError(403, 'AccessDenied')), { n: 1 });
    expect(tried.observation).toMatchObject({ read: [other], deletes: false });
  });

  test('any other failure to delete is the storage’s', async () => {
    const { tried } = await attempt(shared(saysError(500, 'InternalError')), { n: 1 });
    expect(saidOf(tried)).toBe('request server-error');
  });

  test('what has vanished since it was listed is none', async () => {
    const gone: Answers = (asked, response, request) =>
      asked.verb === 'GET' && request.url?.includes(nameOf(other)) === true
        ? saysError(404, 'NoSuchKey')(asked, response, request)
        : shared(right)(asked, response, request);
    expect((await attempt(gone, { n: 1 })).tried.observation).toMatchObject({ read: [], damaged: 0 });
  });
});
