import { z } from 'zod';
import { egress } from '../../probes/egress/probe.ts';
import { type AttemptHandle, type Client, type Probe, type Registry, seal } from '../../src/model/probe.ts';
import { classifySocketError } from '../../src/net/causes.ts';

// Stands in for probes/index.ts in a build of the tests' own: a real probe, and others that break as their settings say.

const settings = z.strictObject({
  defect: z.enum([
    'throws within a stage',
    'throws between stages',
    'throws while classifying',
    'never settles between stages',
    'rejects behind our back',
    'throws behind our back',
    'observes what cannot be written',
    'measures what is no number',
    'breaks its rule',
  ]),
  password: z.string(),
});
type Settings = z.infer<typeof settings>;
const observation = z.object({ breaks: z.boolean() });
type Observation = z.infer<typeof observation>;

const never = (): Promise<never> => new Promise(() => {});

/** A defect as they come: a value is taken for what it is not, and the message says what it is. */
function stumble(password: string): never {
  throw new TypeError(`${password} is not a function`);
}

async function attempt({ defect, password }: Settings, at: AttemptHandle): Promise<Observation> {
  await at.stage('request', async () => {
    if (defect === 'throws within a stage') stumble(password);
    if (defect === 'throws while classifying') throw new Error('a failure of the target');
  });
  switch (defect) {
    case 'throws between stages':
      return stumble(password);
    case 'never settles between stages':
      return never();
    case 'rejects behind our back':
      void Promise.reject(new TypeError(`${password} is not a function`));
      break;
    case 'throws behind our back':
      setImmediate(() => stumble(password));
      break;
    case 'observes what cannot be written':
      return Object.assign({ breaks: false }, { size: 1n });
    case 'measures what is no number':
      at.measure('elapsed', Number.NaN);
      break;
  }
  return { breaks: defect === 'breaks its rule' };
}

const client: Client<Settings, Observation> = {
  attempt,
  classify(error, stage) {
    if (error instanceof Error && error.message === 'a failure of the target') stumble(error.message);
    return classifySocketError(error, stage);
  },
};

const probe = (type: string, load: () => Promise<typeof client>): Probe<Settings, object, Observation> => ({
  type,
  title: 'a probe with a defect',
  stages: ['request'],
  holds: [],
  settings,
  expect: z.strictObject({}),
  observation,
  describe: ({ password }) => ({
    endpoint: 'nowhere:1',
    footprint: {
      identity: null,
      servers: [{ address: '127.0.0.1:1', connections: 1, logins: 0, joins: 0, commits: 0, bytes: 0 }],
    },
    differences: [],
    untestable: null,
    secrets: [password],
    parts: [],
    deadlinesMs: {},
    privileges: [],
  }),
  rules: [
    {
      id: 'planted/rule',
      needs: ['observations'],
      required: () => 'that this rule does not break',
      judge({ analysis }) {
        if (analysis.observations.some(({ value }) => value.breaks)) throw new TypeError('a rule that breaks');
        return { verdict: 'pass', observed: 'it does not', cause: null };
      },
    },
  ],
  load,
});

export const REGISTRY: Registry = [
  seal(egress),
  seal(probe('planted', async () => client)),
  seal(probe('loads-never', never)),
  seal(probe('loads-and-throws', async () => stumble('the library'))),
];
