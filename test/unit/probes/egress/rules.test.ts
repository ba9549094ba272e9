import { expect, test } from 'vitest';
import { egress } from '../../../../probes/egress/probe.ts';
import { seal } from '../../../../src/model/probe.ts';
import { ruleInput, ruleOf } from '../rule-input.ts';

const sealed = seal(egress).rules({});
if (!('rules' in sealed)) throw new Error('the expectations of egress do not parse {}');
const oneFamily = ruleOf(sealed.rules, 'egress/one-family');

const seenFrom = (...addresses: readonly string[]) =>
  addresses.map((address) => ({
    egress: [address],
    observation: { scheme: 'tcp', family: address.includes(':') ? 'IPv6' : 'IPv4', translated: true },
  }));

test('where an allowlist is declared, the addresses are judged by it alone', () => {
  const input = ruleInput({ attempts: seenFrom('192.0.2.1'), requirement: { firewallAllows: ['192.0.2.0/24'] } });
  expect(oneFamily.required(input)).toBeNull();
});

test('without an allowlist, addresses of one family pass and are listed', () => {
  const input = ruleInput({ attempts: seenFrom('192.0.2.1', '192.0.2.2', '192.0.2.1') });
  expect(oneFamily.required(input)).toBe('addresses of one family, as most allowlists are kept');
  expect(oneFamily.judge(input)).toEqual({ verdict: 'pass', observed: 'IPv4: 192.0.2.1, 192.0.2.2', cause: null });
});

test('without an allowlist, both families are a warning', () => {
  const input = ruleInput({ attempts: seenFrom('192.0.2.1', '2001:db8::9') });
  expect(oneFamily.judge(input)).toMatchObject({
    verdict: 'warn',
    observed: 'IPv4 and IPv6: 192.0.2.1, 2001:db8::9',
  });
});

test('a long list of addresses is cut', () => {
  const addresses = Array.from({ length: 20 }, (_, last) => `192.0.2.${last}`);
  const { observed } = oneFamily.judge(ruleInput({ attempts: seenFrom(...addresses) }));
  expect(observed).toMatch(/^IPv4: (192\.0\.2\.\d+, ){8}…$/);
});
