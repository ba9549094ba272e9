import { expect, test } from 'vitest';
import { classifySocketError } from '../../src/net/causes.ts';

// What the resolver, routers or our own host do wrong: nothing on the loopback can bring it about, and every probe classifies it here.

test.each([
  ['EAI_AGAIN', 'resolve', 'name-lookup-failed'],
  ['EAI_FAIL', 'resolve', 'name-lookup-failed'],
  ['EHOSTUNREACH', 'connect', 'host-unreachable'],
  ['ETIMEDOUT', 'connect', 'connect-timeout'],
  ['ETIMEDOUT', 'request', 'connection-reset'],
  ['EMFILE', 'connect', 'local-starvation'],
  ['ENOBODYKNOWS', 'request', 'unclassified'],
] as const)('%s at %s is %s', (code, stage, cause) => {
  expect(classifySocketError(Object.assign(new Error(code), { code }), stage)).toMatchObject({ cause, code });
});
