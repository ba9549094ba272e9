import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import type { Requirement } from '../model/records.ts';
import { spanMs } from '../model/settings.ts';
import { STAGES, type StageName } from '../model/stages.ts';
import { aboveZero, targetSamplingSchema } from './sampling.ts';

const EXPECTED_RANGE = 'expected an address or a range in CIDR form, such as 203.0.113.0/24 or 2001:db8::/32';

/** A range as its first address and length: 203.0.113.7/24 becomes 203.0.113.0/24, a single address a range of one. */
const range = z.string(EXPECTED_RANGE).transform((text, context) => {
  const normal = normalRange(text.trim());
  if (normal !== null) return normal;
  context.addIssue(EXPECTED_RANGE);
  return z.NEVER;
});

export function normalRange(text: string): string | null {
  const [host = '', length, ...rest] = text.split('/');
  // ipaddr.js also reads octal and shortened forms, which a firewall would read otherwise.
  const isPlain = ipaddr.IPv4.isValidFourPartDecimal(host) || (ipaddr.IPv6.isValid(host) && !host.includes('%'));
  if (!isPlain || rest.length > 0 || (length !== undefined && !/^\d{1,3}$/.test(length))) return null;
  const address = ipaddr.parse(host);
  const bits = address.kind() === 'ipv4' ? 32 : 128;
  const prefix = length === undefined ? bits : Number(length);
  if (prefix > bits) return null;
  if (address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress() && prefix >= 96)
    return normalRange(`${address.toIPv4Address().toString()}/${prefix - 96}`);
  const family = address.kind() === 'ipv4' ? ipaddr.IPv4 : ipaddr.IPv6;
  return `${family.networkAddressFromCIDR(`${host}/${prefix}`).toString()}/${prefix}`;
}

/** What every target may say beside its probe's own settings. */
export const commonSchema = z.strictObject({
  control: z.boolean().default(false),
  sampling: targetSamplingSchema.optional(),
  firewallAllows: z.array(range).min(1).optional(),
  path: z.enum(['public', 'private']).default('public'),
});

export const COMMON_KEYS = ['type', ...Object.keys(commonSchema.shape), 'expect'];

/** What every target may expect beside its probe's own expectations. */
export const commonExpectSchema = z.strictObject({
  p95: z.partialRecord(z.enum(STAGES), aboveZero()).optional(),
  survivesIdle: spanMs().optional(),
});

export const COMMON_EXPECT_KEYS = Object.keys(commonExpectSchema.shape);

export function requirementOf(
  common: z.output<typeof commonSchema>,
  expect: z.output<typeof commonExpectSchema>,
): Requirement {
  const p95Ms: Partial<Record<StageName, number>> = expect.p95 ?? {};
  return {
    firewallAllows: common.firewallAllows ?? null,
    path: common.path,
    p95Ms,
    survivesIdleMs: expect.survivesIdle ?? null,
  };
}
