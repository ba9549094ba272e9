import { createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { listen } from '../../../../fixtures/kit/listen.ts';
import type { TdsOptions, TdsPlace } from '../../../../fixtures/tds/options.ts';
import type { TryOptions } from '../../../kit/attempt.ts';
import { saidOf } from '../../../kit/attempt.ts';
import { attempt, course, PASSWORD, start, USER } from './lab.ts';

const SHORT_MS = 150;
const impatient: TryOptions = {
  deadlinesMs: { connect: SHORT_MS, negotiate: SHORT_MS, tls: SHORT_MS, authenticate: SHORT_MS, request: SHORT_MS },
};

describe('what the server answers to the login', () => {
  test.each<[number: number, cause: string]>([
    [18456, 'login-rejected'],
    [18452, 'login-rejected'],
    [18486, 'account-locked'],
    [18487, 'password-expired'],
    [18488, 'password-expired'],
    [4060, 'database-not-available'],
    [40613, 'database-not-available'],
    [40501, 'throttled'],
    [10928, 'throttled'],
    [40197, 'server-error'],
    [40615, 'egress-refused'],
  ])('error %i is %s, with its number', async (number, cause) => {
    await using server = await start({ faults: [{ at: 'login', do: String(number) }] });
    const tried = await attempt(server, 'databaseName=Claims');

    expect(saidOf(tried)).toBe(`authenticate ${cause}`);
    expect(tried.failure?.classified).toMatchObject({
      number,
      detail: expect.stringContaining(`error ${number}, state 1`),
    });
    expect(server.ledger).toMatchObject({ rejected: 1, accepted: 0 });
  });

  test.each<[what: string, options: Partial<TdsOptions>, encrypt: string, number: number]>([
    ['a wrong password', { users: { [USER]: 'other' } }, 'true', 18456],
    ['a wrong password, in the clear', { users: { [USER]: 'other' }, encryption: 'not-supported' }, 'false', 18456],
    ['a wrong password, the login encrypted', { users: { [USER]: 'other' } }, 'false', 18456],
    ['a wrong password, strict', { users: { [USER]: 'other' }, encryption: 'strict' }, 'strict', 18456],
    ['an unknown database, of two errors', { databases: ['master'] }, 'true', 4060],
  ])('%s is known by its number', async (_, options, encrypt, number) => {
    await using server = await start(options);
    const tried = await attempt(server, `databaseName=Claims;encrypt=${encrypt}`);

    expect(tried.failure).toMatchObject({ stage: 'authenticate', classified: { number } });
    expect(JSON.stringify(tried)).not.toContain(PASSWORD);
  });

  test('an address that the firewall refuses is seen as the egress address', async () => {
    await using server = await start({ clientAddress: () => '203.0.113.77', denyAddress: () => true });
    const tried = await attempt(server);

    expect(saidOf(tried)).toBe('authenticate egress-refused');
    expect(tried.egress).toEqual(['203.0.113.77']);
  });
});

describe('a peer that breaks off', () => {
  const places: readonly (readonly [TdsPlace, string])[] = [
    ['connect', 'negotiate'],
    ['prelogin', 'negotiate'],
    ['tls', 'tls'],
    ['login', 'authenticate'],
    ['settings', 'request'],
    ['request', 'request'],
  ];
  const ways = [
    ['close', 'connection-closed'],
    ['reset', 'connection-reset'],
  ] as const;

  test.each(places.flatMap(([at, stage]) => ways.map(([how, cause]) => [how, at, stage, cause] as const)))(
    '"%s" at "%s" fails the stage %s with %s',
    async (how, at, stage, cause) => {
      await using server = await start({ faults: [{ at, do: how }] });

      expect(saidOf(await attempt(server))).toBe(`${stage} ${cause}`);
      expect(saidOf(await attempt(server))).toBeNull();
    },
  );

  test.each(ways)('"%s" in the middle of the answer to the login is not waited for', async (how, cause) => {
    await using server = await start({ faults: [{ at: 'login-partial', do: how }] });

    expect(saidOf(await attempt(server))).toBe(`authenticate ${cause}`);
  });

  test.each(ways)('"%s" before TLS, where that comes first, fails the stage tls', async (how, cause) => {
    await using server = await start({ encryption: 'strict', faults: [{ at: 'tls', do: how }] });

    expect(saidOf(await attempt(server, 'encrypt=strict'))).toBe(`tls ${cause}`);
  });
});

describe('a peer that stays silent', () => {
  test.each<[TdsPlace, string]>([
    ['connect', 'negotiate negotiate-timeout'],
    ['prelogin', 'negotiate negotiate-timeout'],
    ['tls', 'tls tls-timeout'],
    ['login', 'authenticate login-timeout'],
    ['login-partial', 'authenticate login-timeout'],
    ['settings', 'request request-timeout'],
    ['request', 'request request-timeout'],
  ])('at "%s": %s', async (at, said) => {
    await using server = await start({ faults: [{ at, do: 'hang' }] });
    const tried = await attempt(server, '', impatient);

    expect(saidOf(tried)).toBe(said);
    await expect.poll(() => server.tally.openNow).toBe(0);
  });

  test('a login that is answered in part leaves no timer behind', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    await using server = await start({ faults: [{ at: 'login-partial', do: 'hang' }] });
    const before = timers();
    await attempt(server, '', impatient);

    await expect.poll(timers).toBeLessThanOrEqual(before);
  });
});

describe('a peer that speaks something else', () => {
  test.each([
    ['a banner of SSH', 'SSH-2.0-OpenSSH_9.2\r\n'],
    ['an HTTP error', 'HTTP/1.1 400 Bad Request\r\n\r\n'],
    ['a TDS packet that is too short', Buffer.from('0401000400000000', 'hex')],
    ['an answer to PRELOGIN without options', Buffer.from('0401000900000000ff', 'hex')],
    [
      'an answer to PRELOGIN with an option outside of it',
      Buffer.from('0401000e00000000010099 0001ff'.replace(' ', ''), 'hex'),
    ],
  ])('%s is no answer of this protocol', async (_, bytes) => {
    await using server = await listen(createServer((socket) => void socket.write(bytes)));

    expect(saidOf(await attempt(server, '', impatient))).toBe('negotiate protocol-violation');
  });

  test.each([
    ['in the clear', 'not-supported', 'false'],
    ['within TLS', 'on', 'true'],
  ] as const)(
    'an answer to the login that is no stream of tokens is no answer of this protocol (%s)',
    async (_, encryption, encrypt) => {
      await using server = await start({ encryption, faults: [{ at: 'login', do: 'tokens' }] });

      expect(saidOf(await attempt(server, `encrypt=${encrypt}`, impatient))).toBe('authenticate protocol-violation');
    },
  );

  test('bytes that are no TDS after the login are no answer of this protocol', async () => {
    await using server = await start({ encryption: 'not-supported', faults: [{ at: 'request', do: 'garbage' }] });

    expect(saidOf(await attempt(server, 'encrypt=false', impatient))).toBe('request protocol-violation');
  });
});

test('a login with Kerberos is tried up to the login, and says what it is', async () => {
  await using server = await start();
  const tried = await attempt(server, 'integratedSecurity=true;authenticationScheme=JavaKerberos');

  expect(course(tried)).toBe('resolve connect negotiate tls authenticate!');
  expect(saidOf(tried)).toBe('authenticate not-testable');
  expect(server.ledger.logins).toEqual([]);
});

test('an interruption ends the attempt within its stage', async () => {
  await using server = await start({ faults: [{ at: 'login', do: 'hang' }] });
  const operator = new AbortController();
  const trying = attempt(server, '', { signal: operator.signal });
  await expect.poll(() => server.faults.fired).toBe(1);
  operator.abort(new Error('interrupted'));
  const tried = await trying;

  expect(tried.failure?.error).toBe(operator.signal.reason);
  await expect.poll(() => server.tally.openNow).toBe(0);
});
