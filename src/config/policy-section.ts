import { z } from 'zod';
import { DEFAULT_POLICY, type Policy, type Since, type Waiver } from '../model/policy.ts';
import { share, spanMs } from '../model/settings.ts';
import { aboveZero } from './sampling.ts';

const EXPECTED_TIME = 'expected a date such as 2026-11-24, or a time such as 2026-11-24T08:00:00Z';

/** A date or time as an instant in UTC; a date alone means that time of its day. */
export const instant = (timeOfDate: string) =>
  z
    .union([z.iso.date(), z.iso.datetime({ offset: true })], EXPECTED_TIME)
    .transform((text) => new Date(text.includes('T') ? text : `${text}T${timeOfDate}Z`).toISOString());

const LONGEST_AGE_MS = 3_650 * 86_400_000;

export const plainText = () => z.string().trim().min(1);

/** No wildcard: a waiver names the one rule of the one target that it is for. */
const ruleId = z
  .string()
  .regex(/^[a-z0-9-]+\/[a-z0-9-]+$/, 'expected the whole name of one rule, such as egress/observed-within-allowed');

const since = z
  .strictObject({
    target: plainText(),
    context: plainText().optional(),
    at: instant('00:00:00'),
    reason: plainText(),
    ticket: plainText(),
    approvedBy: plainText(),
  })
  .transform((from): Since => ({ ...from, context: from.context ?? null }));

const waiver = z
  .strictObject({
    target: plainText(),
    rule: ruleId,
    context: plainText().optional(),
    until: instant('23:59:59'),
    approvedBy: plainText(),
    ticket: plainText(),
    reason: plainText(),
  })
  .transform((from): Waiver => ({ ...from, context: from.context ?? null }));

const independence = z.strictObject({ minGap: spanMs().optional(), distinctHosts: z.boolean().optional() });

export const policySchema = z
  .strictObject({
    tolerableFailedRuns: share().optional(),
    minSpan: spanMs().optional(),
    maxAge: aboveZero()
      .refine((ms) => ms <= LONGEST_AGE_MS, 'expected a span of 3650d at most')
      .optional(),
    maxRuns: z.int().min(1).optional(),
    independence: independence.optional(),
    warn: z.enum(['allows', 'blocks']).optional(),
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/, 'expected a currency code of three letters, such as USD')
      .optional(),
    prefer: z.enum(['serverless', 'cost']).optional(),
    since: z.array(since).optional(),
    waivers: z.array(waiver).optional(),
  })
  .transform(
    (from): Policy => ({
      tolerableFailedRuns: from.tolerableFailedRuns ?? DEFAULT_POLICY.tolerableFailedRuns,
      minSpanMs: from.minSpan ?? DEFAULT_POLICY.minSpanMs,
      maxAgeMs: from.maxAge ?? DEFAULT_POLICY.maxAgeMs,
      maxRuns: from.maxRuns ?? DEFAULT_POLICY.maxRuns,
      independence: {
        minGapMs: from.independence?.minGap ?? DEFAULT_POLICY.independence.minGapMs,
        distinctHosts: from.independence?.distinctHosts ?? DEFAULT_POLICY.independence.distinctHosts,
      },
      warn: from.warn ?? DEFAULT_POLICY.warn,
      currency: from.currency ?? DEFAULT_POLICY.currency,
      prefer: from.prefer ?? DEFAULT_POLICY.prefer,
      since: from.since ?? DEFAULT_POLICY.since,
      waivers: from.waivers ?? DEFAULT_POLICY.waivers,
    }),
  );
