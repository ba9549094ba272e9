import { describe, expect, test } from 'vitest';
import { type Ended, openWorkspace } from '../kit/cli.ts';
import { closedPlace, tcp } from './targets.ts';

// What the operator must mend: exit 2, one message that says it, no stack, and nothing on standard output.

const STACK = /\n\s+at /;

function expectRefusal(ended: Ended, message: string): void {
  expect(ended).toEqual({ exit: 2, stdout: '', stderr: message });
  expect(ended.stderr).not.toMatch(STACK);
}

const drop = (lines: string): string =>
  `version: 1\ntargets:\n  drop:\n    type: tcp\n${lines.replace(/^/gm, '    ')}\n`;

type Mistake = { readonly title: string; readonly config: string | null; readonly says: string };

const MISTAKES: readonly Mistake[] = [
  {
    title: 'no configuration',
    config: null,
    says:
      'probe: no configuration at probe.yaml (the default): there is no such file\n' +
      'write one with `probe init`, or name it with --config FILE or PROBE_CONFIG\n',
  },
  {
    title: 'targets without an entry',
    config: 'version: 1\ntargets:\n',
    says: 'probe: probe.yaml:2: targets: expected at least one target: without any there is nothing to try\n',
  },
  {
    title: 'targets as an empty mapping',
    config: 'version: 1\ntargets: {}\n',
    says: 'probe: probe.yaml:2: targets: expected at least one target: without any there is nothing to try\n',
  },
  {
    title: 'an unknown key',
    config: drop('host: 127.0.0.1\nport: 990\ntsl: true'),
    says: 'probe: probe.yaml:7: targets.drop.tsl: unknown setting of probe "tcp"\n  did you mean "tls"?\n',
  },
  {
    title: 'an environment variable that is not set',
    config: drop(`host: \${env:DROP_HOST}\nport: 990`),
    says: 'probe: probe.yaml:5: targets.drop.host: the environment variable DROP_HOST is not set; set it before the run\n',
  },
  {
    title: 'an environment variable that is empty',
    config: drop(`host: \${env:EMPTY}\nport: 990`),
    says: 'probe: probe.yaml:5: targets.drop.host: the environment variable EMPTY is empty; give it a value\n',
  },
  {
    title: 'text that is no YAML',
    config: 'version: 1\n targets: [\n',
    says: 'probe: probe.yaml:1: a nested mapping begins on a line of its own\n',
  },
];

describe.each(MISTAKES)('$title', ({ config, says }) => {
  test.each(['all', 'plan', 'check'])('is refused by `probe %s` in one clear message', async (command) => {
    await using workspace = await openWorkspace();
    if (config !== null) workspace.write('probe.yaml', config);
    expectRefusal(await workspace.probe([command], { env: { EMPTY: '' } }), says);
  });
});

test('several mistakes are all told at once, in the order of the file', async () => {
  await using workspace = await openWorkspace();
  workspace.write('probe.yaml', `${drop('port: 70000')}polcy: {}\nsampling: { pace: 5 }\n`);
  const ended = await workspace.probe(['all']);
  expect(ended).toMatchObject({ exit: 2, stdout: '' });
  expect(ended.stderr.split('\n').filter((line) => line.includes('probe.yaml:'))).toEqual([
    expect.stringMatching(/^probe: probe\.yaml:3: targets\.drop\.host: is missing/),
    expect.stringMatching(/^probe\.yaml:5: targets\.drop\.port: /),
    expect.stringMatching(/^probe\.yaml:6: polcy: unknown key/),
    expect.stringMatching(/^probe\.yaml:7: sampling\.pace: expected a pace, such as 5\/s/),
  ]);
});

describe('a command line that asks for what there is not', () => {
  const ASKED: readonly (readonly [args: string, says: RegExp])[] = [
    ['all --report pdf', /^probe: no such report format: pdf\nThe formats are /],
    ['all --report json --report table', /^probe: two reports on standard output\nGive all but one a file: /],
    ['all --report json=missing/report.json', /^probe: the report cannot be written to .*missing\/report\.json/],
    ['all --profile slow', /^probe: no such profile: slow\nThe profiles are quick, gate, strict\.\n/],
    ['all --scope forever', /^probe: no such scope: forever\n/],
    ['all --vantage moon', /^probe: no such vantage: moon\n/],
    ['all --lab prod', /^probe: no such lab: prod\n/],
    ['all --workload nightly', /^probe: no such workload: nightly\n/],
    ['all --config other.yaml', /^probe: no configuration at other\.yaml \(named by --config\): /],
    ['all --evidence probe.yaml', /^probe: evidence folder probe\.yaml cannot be used/],
    ['all --secrets-stdin', /^probe: standard input is empty, and --secrets-stdin reads the secrets from it\n/],
    [
      'all --config probe.yaml --config probe.yaml',
      /^probe: --config was given twice\nIt takes one value: name one\.\n$/,
    ],
    ['tcp --type tcp', /^probe: --type was given twice\n/],
    ['judge . --profile quick --profile gate', /^probe: --profile was given twice\n/],
    ['verify x --key a --key b', /^probe: --key was given twice\n/],
    ['echo --host 127.0.0.1 --host=127.0.0.1', /^probe: --host was given twice\n/],
    ['run', /^probe: no target was named\n/],
    ['run dorp', /^probe: no such target: dorp\nThe targets are: drop\.\n/],
    ['run --type kafka', /^probe: no target has the type kafka\n/],
    ['sqlserver', /^probe: no target has the type sqlserver\n/],
    ['judge nowhere', /^probe: evidence folder nowhere cannot be used/],
    ['judge .', /^probe: \. holds no run of this context: probe\.yaml: no line of it is an evidence record/],
    ['render nowhere.json', /nowhere\.json cannot be read as JSON\n/],
    ['render probe.yaml', /probe\.yaml cannot be read as JSON\n/],
    ['explain connection-refusd', /^probe: no such cause: connection-refusd\nDid you mean connection-refused\?\n/],
    ['schema nothing', /^probe: no such schema: nothing\n/],
    ['plan --report pdf', /^probe: a plan cannot be shown as pdf\n/],
    ['al', /^error: unknown command 'al'\n\(Did you mean all\?\)\n/],
    ['all --nope', /^error: unknown option '--nope'\n/],
    ['judge', /^error: missing required argument 'dir'\n/],
    ['echo --http x', /^probe: not a port: x\n/],
    ['', /^Usage: probe /],
  ];

  test.each(ASKED)('`probe %s` exits 2 and says so', async (args, says) => {
    await using workspace = await openWorkspace({ version: 1, targets: { drop: tcp(await closedPlace()) } });
    const ended = await workspace.probe(args.split(' ').filter((arg) => arg !== ''));
    expect(ended).toEqual({ exit: 2, stdout: '', stderr: expect.stringMatching(says) });
    expect(ended.stderr).not.toMatch(STACK);
  });

  test('a report that could not be written is refused before anything is tried', async () => {
    await using workspace = await openWorkspace({ version: 1, targets: { drop: tcp(await closedPlace()) } });
    const { stderr } = await workspace.probe(['all', '--report', 'json=missing/report.json']);
    expect(stderr).not.toContain('attempts');
  });
});
