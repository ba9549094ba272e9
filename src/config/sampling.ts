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

/** What a target may say for itself; the other limits are a server's, whatever targets share it. */
const own = {
  attempts: atLeastOne().optional(),
  deadlines: z.partialRecord(deadlineStage, aboveZero()).optional(),
  holds: holds.optional(),
};

const perServer = {
  pace: perSecond().optional(),
  logins: atLeastOne().optional(),
  open: atLeastOne().optional(),
  held: atLeastOne().optional(),
  wall: aboveZero().optional(),
};

const ownObject = z.strictObject(own);

const ownNumbers = ({ attempts, deadlines, holds: written }: z.output<typeof ownObject>): TargetSampling => ({
  attempts: attempts ?? null,
  deadlinesMs: deadlines ?? {},
  holds: written ?? null,
});

export const targetSamplingSchema = ownObject.transform(ownNumbers);

export const samplingSchema = z
  .strictObject({ profile: z.enum(PROFILES).default('quick'), ...own, ...perServer })
  .transform(
    ({ profile, pace, logins, open, held, wall, ...rest }): Sampling => ({
      profile,
      pace: pace ?? null,
      logins: logins ?? null,
      open: open ?? null,
      held: held ?? null,
      wallMs: wall ?? null,
      ...ownNumbers(rest),
    }),
  );
