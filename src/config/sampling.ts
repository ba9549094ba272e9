import { z } from 'zod';
import type { HoldSampling, Sampling, TargetSampling } from '../model/config.ts';
import { HOLD_SOCKETS } from '../model/holds.ts';
import { PROFILES } from '../model/policy.ts';
import { perSecond, spanMs } from '../model/settings.ts';
import { STAGES } from '../model/stages.ts';

const atLeastOne = () => z.int().min(1);
export const aboveZero = () => spanMs().refine((ms) => ms > 0, 'expected a span above 0');

/** How long a hold may take follows from its plan. */
const deadlineStage = z.enum(STAGES).exclude(['hold']);

const keepalive = z.string('expected a span with its unit, such as 30s, or as-client').transform((text, context) => {
  if (text === 'as-client') return text;
  const span = aboveZero().safeParse(text);
  if (span.success) return { intervalMs: span.data };
  context.addIssue('expected a span with its unit, such as 30s, or as-client');
  return z.NEVER;
});

const holds = z
  .strictObject({
    rungs: z.array(aboveZero()).default([]),
    keepalive: keepalive.optional(),
    sockets: atLeastOne().default(HOLD_SOCKETS),
  })
  .transform(
    ({ rungs, keepalive, sockets }): HoldSampling => ({
      rungsMs: [...new Set(rungs)].sort((a, b) => a - b),
      keepalive: keepalive ?? null,
      sockets,
    }),
  );

const numbers = {
  pace: perSecond().optional(),
  attempts: atLeastOne().optional(),
  logins: atLeastOne().optional(),
  open: atLeastOne().optional(),
  held: atLeastOne().optional(),
  wall: aboveZero().optional(),
  deadlines: z.partialRecord(deadlineStage, aboveZero()).optional(),
  holds: holds.optional(),
};

const numbersObject = z.strictObject(numbers);

const asNumbers = (written: z.output<typeof numbersObject>): TargetSampling => ({
  pace: written.pace ?? null,
  attempts: written.attempts ?? null,
  logins: written.logins ?? null,
  open: written.open ?? null,
  held: written.held ?? null,
  wallMs: written.wall ?? null,
  deadlinesMs: written.deadlines ?? {},
  holds: written.holds ?? null,
});

export const targetSamplingSchema = numbersObject.transform(asNumbers);

export const samplingSchema = z
  .strictObject({ profile: z.enum(PROFILES).default('quick'), ...numbers })
  .transform(({ profile, ...rest }): Sampling => ({ profile, ...asNumbers(rest) }));
