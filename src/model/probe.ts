import type { z } from 'zod';
import type { TargetAnalysis } from './analysis.ts';
import type { Cause } from './causes.ts';
import type { Finding } from './finding.ts';
import type { Criteria, Policy, Scope } from './policy.ts';
import type { Context, Demand, Failure, HoldRequest, Requirement } from './records.ts';
import type { StageName } from './stages.ts';

// All that the author of a probe reads. A probe is a light description (no client library) plus a client that is loaded when the
// first attempt is made. Repetition, pacing, deadlines and judging are the engine's and the judge's.

/** What one attempt costs a server: the bound that `probe plan` states and the engine keeps. */
export type ServerFootprint = {
  /** host:port as written. */
  readonly address: string;
  readonly connections: number;
  readonly logins: number;
  /** Of an attempt that is asked for a dear part: group joins and offset commits. */
  readonly joins: number;
  readonly commits: number;
  /** Both ways, roughly. */
  readonly bytes: number;
};

export type Footprint = {
  /** The account as its realm knows it, never its secret: `svc_claims@claims.internal:1433`. */
  readonly identity: string | null;
  readonly servers: readonly ServerFootprint[];
};

export type Description = {
  readonly endpoint: string;
  readonly footprint: Footprint;
  /** Where our client differs from the real one, a sentence each. */
  readonly differences: readonly string[];
  /** Why the attempt cannot go beyond some stage with this client (Kerberos, say). */
  readonly untestable: string | null;
  /** Secret values within settings that are not marked as secret as a whole: a password in a URL or a JAAS line. */
  readonly secrets: readonly string[];
  /** Dear parts that some of the attempts are to try as well, such as `join`. */
  readonly parts: readonly string[];
  /** Stage deadlines from the target's own client settings (`loginTimeout`, `request.timeout.ms`), in milliseconds. */
  readonly deadlinesMs: Readonly<Partial<Record<StageName, number>>>;
  /** The GRANT, ACL and firewall lines that this target's probe needs. */
  readonly privileges: readonly string[];
  /** Work before the first attempt that needs no network and can find the settings wrong (a keystore to open): throws a PreflightError. */
  readonly prepare?: () => Promise<unknown>;
};

export type AttemptHandle = {
  /** From 1, in the order of the run. */
  readonly n: number;
  /** Aborts when the operator interrupts the run. */
  readonly signal: AbortSignal;
  /** Our name in every login: `preflight-probe/<run>`. */
  readonly clientName: string;
  /** Of the whole run; a name of our own on a server (a consumer group) is made from it. */
  readonly run: string;
  /** The name of the context that the attempt is made in. */
  readonly context: string;
  /** How many processes of this context were started at once, this one among them. */
  readonly processes: number;
  /** The dear part that this attempt is asked to try as well. */
  readonly part: string | null;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The deadline of a stage in this target, in milliseconds. */
  deadlineMs(stage: StageName): number;
  /** Times the work, gives it a deadline and a signal, and makes what it throws the failure of that stage. One at a time. */
  stage<T>(name: StageName, work: (signal: AbortSignal) => Promise<T>, server?: string): Promise<T>;
  /** Before a connection to a broker or redirect found on the way: paced and counted, outside any stage. */
  admit(server: string): Promise<void>;
  /** From here on a failure is the dear part's, not the attempt's. */
  beginPart(): void;
  /** Survives a later failure. */
  saw(what: { readonly resolved?: string; readonly egress?: string }): void;
  measure(name: string, value: number): void;
  /** A secret learnt on the way (an access token), to be redacted from here on. */
  secret(value: string): void;
  /** Runs however the attempt ends, the last one first. */
  defer(cleanup: () => void): void;
};

/** What an error was; the engine adds stage and server. */
export type Classified = Omit<Failure, 'stage' | 'server' | 'cause'> & { readonly cause: Cause };

export type Client<Settings, Observation> = {
  /** ONE try: no loop, no retry, no try/catch. Every connection it opens is closed through `at.defer`. */
  attempt(settings: Settings, at: AttemptHandle): Promise<Observation>;
  /** Opens; stays in stage `hold`; uses the connection in stage `reuse`. */
  hold?(settings: Settings, at: AttemptHandle, request: HoldRequest): Promise<void>;
  /** A table; `unclassified` keeps code and number; `defect` is ours. Deadlines are classified by the engine. */
  classify(error: unknown, stage: StageName): Classified | 'defect';
};

export type Need = 'attempts' | 'successes' | 'observations' | 'egress' | 'holds';

export type RuleInput<Expect, Observation> = {
  readonly expect: Expect;
  readonly requirement: Requirement;
  readonly demand: Demand;
  readonly analysis: TargetAnalysis<Observation>;
  readonly context: Context;
  readonly policy: Policy;
  readonly criteria: Criteria;
  readonly scope: Scope;
  readonly judgedAt: string;
};

export type RuleOutcome = Pick<Finding, 'verdict' | 'observed' | 'cause'> & {
  /** In place of the cause's own next action, where the evidence allows a more exact one. */
  readonly action?: string;
};

export type Rule<Expect, Observation> = {
  readonly id: string;
  readonly needs: readonly Need[];
  /** What is asked, as a sentence; null where the rule does not apply. Pure. */
  required(input: RuleInput<Expect, Observation>): string | null;
  judge(input: RuleInput<Expect, Observation>): RuleOutcome;
};

export type Probe<Settings, Expect, Observation> = {
  readonly type: string;
  /** One line for `--help` and `probe schema`. */
  readonly title: string;
  readonly stages: readonly StageName[];
  readonly holds: readonly HoldRequest['kind'][];
  /** How to connect: secret, digested, never seen by a rule, never in evidence. Strict objects. */
  readonly settings: z.ZodType<Settings>;
  /** What to require: no secrets, in evidence, replaced by the present config. Strict; parses `{}`. */
  readonly expect: z.ZodType<Expect>;
  /** Few distinct values; numbers that vary go to `at.measure`; no clock times, no random ids. */
  readonly observation: z.ZodType<Observation>;
  describe(settings: Settings): Description;
  readonly rules: readonly Rule<Expect, Observation>[];
  /** Holds that an expectation of its own asks for, beside the ladder of idle connections that every target has. */
  holdsWanted?(expect: Expect): readonly HoldRequest[];
  /** Of several client libraries only the one that these settings need. */
  load(settings: Settings): Promise<Client<Settings, Observation>>;
};

export type BoundClient = {
  attempt(at: AttemptHandle): Promise<unknown>;
  readonly hold: ((at: AttemptHandle, request: HoldRequest) => Promise<void>) | null;
  classify(error: unknown, stage: StageName): Classified | 'defect';
};

/** A probe with the settings of one target closed over. */
export type Bound = Description & { load(): Promise<BoundClient> };

type Issues = { readonly issues: readonly z.core.$ZodIssue[] };

/** The registry's element: the type parameters are closed over, so no probe ever sees another's settings. */
export type AnyProbe = {
  readonly type: string;
  readonly title: string;
  readonly stages: readonly StageName[];
  readonly holds: readonly HoldRequest['kind'][];
  /** For the loader, which looks for marks, and for `probe schema`. */
  readonly settings: z.ZodType;
  readonly expect: z.ZodType;
  bind(settings: unknown): { readonly bound: Bound } | Issues;
  /** Rules over this target's `expect`; what was observed is read back through the observation's schema. */
  rules(expect: unknown): { readonly rules: readonly Rule<unknown, unknown>[] } | Issues;
  /** Of this target's `expect`, which its schema has accepted. */
  holdsWanted(expect: unknown): readonly HoldRequest[];
};

export type Registry = readonly AnyProbe[];

export function seal<S, E, O>(probe: Probe<S, E, O>): AnyProbe {
  return {
    type: probe.type,
    title: probe.title,
    stages: probe.stages,
    holds: probe.holds,
    settings: probe.settings,
    expect: probe.expect,
    bind(input) {
      const settings = probe.settings.safeParse(input);
      if (!settings.success) return { issues: settings.error.issues };
      return { bound: { ...probe.describe(settings.data), load: () => loadBound(probe, settings.data) } };
    },
    rules(input) {
      const expect = probe.expect.safeParse(input ?? {});
      if (!expect.success) return { issues: expect.error.issues };
      return { rules: probe.rules.map((rule) => closeOver(rule, expect.data, probe.observation)) };
    },
    holdsWanted: (input) => probe.holdsWanted?.(probe.expect.parse(input ?? {})) ?? [],
  };
}

async function loadBound<S, E, O>(probe: Probe<S, E, O>, settings: S): Promise<BoundClient> {
  const client = await probe.load(settings);
  const hold = client.hold?.bind(client);
  return {
    attempt: (at) => client.attempt(settings, at),
    hold: hold === undefined ? null : (at, request) => hold(settings, at, request),
    classify: (error, stage) => client.classify(error, stage),
  };
}

function closeOver<E, O>(rule: Rule<E, O>, expect: E, observation: z.ZodType<O>): Rule<unknown, unknown> {
  const narrow = (input: RuleInput<unknown, unknown>): RuleInput<E, O> => ({
    ...input,
    expect,
    analysis: {
      ...input.analysis,
      observations: input.analysis.observations.map((seen) => ({ ...seen, value: observation.parse(seen.value) })),
    },
  });
  return {
    id: rule.id,
    needs: rule.needs,
    required: (input) => rule.required(narrow(input)),
    judge: (input) => rule.judge(narrow(input)),
  };
}
