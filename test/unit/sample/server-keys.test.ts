import { describe, expect, test } from 'vitest';
import { serverKeys } from '../../../src/sample/server-keys.ts';

describe('the key of a server', () => {
  test('is its address and port, so that a name and its address share one limit', async () => {
    const keyOf = serverKeys();
    expect(await keyOf('localhost:1433')).toBe(await keyOf('127.0.0.1:1433'));
    expect(await keyOf('localhost:1433')).not.toBe(await keyOf('localhost:1434'));
  });

  test.each(['10.0.0.7:1433', '[::1]:1433', '[2001:db8::7]:9093'])(
    'of the address %s is the address itself',
    async (server) => {
      expect(await serverKeys()(server)).toBe(server);
    },
  );

  // RFC 1035 2.3.4: a label has at most 63 octets, so that no resolver is asked for this one
  test.each([`${'x'.repeat(64)}.example:1433`, 'no port'])('is %s itself where that has no address', async (server) => {
    expect(await serverKeys()(server)).toBe(server);
  });
});
