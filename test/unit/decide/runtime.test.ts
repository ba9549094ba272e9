import { describe, expect, test } from 'vitest';
import { KINDS } from '../../../src/context/signs.ts';
import { runtimeOf } from '../../../src/decide/runtime.ts';
import { type Capability, NARROWER_KINDS, RUNTIME_TABLE } from '../../../src/decide/runtime-table.ts';
import { NEEDS, type WorkloadNeed } from '../../../src/model/records.ts';

const NOW = '2026-11-25T08:00:00.000Z';
const DAY_MS = 86_400_000;

const lines = [...RUNTIME_TABLE].flatMap(([kind, capabilities]) =>
  NEEDS.flatMap((need) => {
    const capability = capabilities[need];
    return capability === undefined ? [] : [{ kind, need, capability }];
  }),
);

const find = (need: WorkloadNeed, kind: string | null, judgedAt = NOW) =>
  runtimeOf([need], { kind, context: 'target-compute', provides: [] }, judgedAt);

describe('a workload', () => {
  test('that needs nothing of its runtime is kept off no compute, known or not', () => {
    for (const kind of [...KINDS, 'something-else', null])
      expect(runtimeOf([], { kind, context: 'any', provides: [] }, NOW)).toEqual({
        blockers: [],
        missing: [],
        warnings: [],
      });
  });

  test.each(['databricks-serverless', 'databricks-standard'])('cannot have RDDs on %s', (kind) => {
    const { blockers, missing, warnings } = find('rdd', kind);
    expect(missing).toEqual([]);
    expect(warnings).toEqual([]);
    expect(blockers).toEqual([
      {
        target: null,
        rule: 'runtime/needs',
        observed: expect.stringMatching(
          new RegExp(`^${kind} cannot use the RDDs of Spark \\(rdd\\): .+ \\(https://.+, checked on 2026-11-25\\)$`),
        ),
        required: 'target-compute can use the RDDs of Spark (workloads: needs rdd)',
        cause: 'runtime-cannot',
        owner: 'workload',
        action: expect.stringContaining('place it on a kind of compute that has it'),
      },
    ]);
  });

  test.each<[WorkloadNeed]>([['continuous'], ['r'], ['init-script'], ['udf-internet'], ['docker-image']])(
    'that needs %s is kept off serverless compute of Databricks',
    (need) => {
      expect(find(need, 'databricks-serverless').blockers).toMatchObject([{ cause: 'runtime-cannot' }]);
    },
  );

  test('may have what its compute is known to do', () => {
    for (const need of ['rdd', 'r', 'jar', 'gpu', 'continuous'] satisfies WorkloadNeed[])
      expect(find(need, 'databricks-dedicated')).toEqual({ blockers: [], missing: [], warnings: [] });
  });

  test('has one blocker or one gap for each of its needs, and not two for one that is written twice', () => {
    const found = runtimeOf(
      ['rdd', 'jar', 'rdd', 'init-script', 'kerberos'],
      { kind: 'databricks-serverless', context: 'it', provides: [] },
      NOW,
    );
    expect(found.blockers).toHaveLength(2);
    expect(found.missing).toHaveLength(2);
  });
});

describe('it is missing whether the compute can', () => {
  const gap = (need: WorkloadNeed, kind: string | null) => {
    const { blockers, missing, warnings } = find(need, kind);
    expect({ blockers, warnings }).toEqual({ blockers: [], warnings: [] });
    expect(missing).toMatchObject([{ target: null, rule: 'runtime/needs' }]);
    return missing[0]?.what;
  };

  test('where its kind is not known', () => {
    expect(gap('rdd', null)).toBe(
      'whether target-compute can use the RDDs of Spark (rdd): what kind of compute it is, is not known; declare contexts.target-compute.kind',
    );
  });

  test.each(['unknown', 'host', 'constructor', 'a-kind-of-its-own'])(
    'where no table has its kind, such as %s',
    (kind) => {
      expect(gap('rdd', kind)).toBe(
        `whether target-compute can use the RDDs of Spark (rdd): what ${kind} can do about that is in no table; try it there and declare ` +
          'contexts.target-compute.provides: [rdd], or declare contexts.target-compute.kind where it is one of databricks-serverless, databricks-classic, databricks-dedicated, databricks-standard',
      );
    },
  );

  test('where the table has its kind, and no line for the need', () => {
    expect(gap('kerberos', 'databricks-serverless')).toBe(
      'whether target-compute can log in by Kerberos (kerberos): what databricks-serverless can do about that is in no table; try it there and declare contexts.target-compute.provides: [kerberos]',
    );
  });

  test('where that depends on what leaves no sign, and says which declaration would tell', () => {
    expect(gap('gpu', 'databricks-classic')).toMatch(
      /^whether target-compute can use a GPU \(gpu\), since on databricks-classic that depends: .+ \(https:.+, checked on .+\); try it there and declare contexts\.target-compute\.provides: \[gpu\], or declare contexts\.target-compute\.kind where it is one of databricks-dedicated, databricks-standard$/,
    );
  });

  test('where that is a preview', () => {
    expect(gap('jar', 'databricks-serverless')).toMatch(
      /public preview.*; try it there and declare contexts.target-compute.provides: \[jar\]$/,
    );
    expect(gap('environment-variables', 'databricks-serverless')).toMatch(
      /in beta.*; try it there and declare contexts.target-compute.provides: \[environment-variables\]$/,
    );
  });
});

describe('time', () => {
  const later = (days: number, ms = 0) => new Date(Date.parse('2026-11-25') + days * DAY_MS + ms).toISOString();

  test('warns of a line that is older than 180 days, and the line stands', () => {
    const found = find('rdd', 'databricks-serverless', later(181));
    expect(found.blockers).toMatchObject([{ cause: 'runtime-cannot' }]);
    expect(found.warnings).toMatchObject([
      {
        target: null,
        rule: 'runtime/needs',
        cause: 'runtime-table-old',
        owner: 'operator',
        observed: expect.stringMatching(
          /^whether databricks-serverless can use the RDDs of Spark \(rdd\) was last checked 181 days ago: .+ \(https:/,
        ),
      },
    ]);
  });

  test('warns as well of an old line that allows, or that leaves it open', () => {
    expect(find('r', 'databricks-dedicated', later(400)).warnings).toHaveLength(1);
    expect(find('jar', 'databricks-serverless', later(400)).warnings).toHaveLength(1);
  });

  test('warns of none before that', () => {
    expect(find('rdd', 'databricks-serverless', later(180)).warnings).toEqual([]);
    expect(find('rdd', 'databricks-serverless', later(181, -1)).warnings).toEqual([]);
    expect(find('rdd', 'databricks-serverless', later(-1)).warnings).toEqual([]);
  });
});

describe('the table', () => {
  test('has kinds that are detected, and what these may be declared as', () => {
    const declared = [...NARROWER_KINDS.values()].flat();
    const detected = [...RUNTIME_TABLE.keys()].filter((kind) => !declared.includes(kind));
    expect(detected).toContain('databricks-serverless');
    for (const kind of detected) expect(KINDS).toContain(kind);
    for (const [kind, narrower] of NARROWER_KINDS) {
      expect(KINDS).toContain(kind);
      for (const one of narrower) expect(RUNTIME_TABLE.has(one)).toBe(true);
    }
  });

  test.each(lines)('says of $need on $kind what its source says, and when that was read', ({ capability }) => {
    const { says, source, checkedAt } = capability;
    expect(new URL(source)).toMatchObject({ protocol: 'https:', username: '', search: '' });
    expect(checkedAt).toMatch(/^20\d\d-\d\d-\d\d$/);
    expect(Number.isNaN(Date.parse(checkedAt))).toBe(false);
    expect(says.length).toBeGreaterThan(10);
  });

  test('never says more of a kind than all that it may be declared as allow', () => {
    const rank = (capability: Capability | undefined) => ['no', 'depends', undefined, 'yes'].indexOf(capability?.can);
    for (const [kind, narrower] of NARROWER_KINDS)
      for (const need of NEEDS)
        if (RUNTIME_TABLE.get(kind)?.[need]?.can === 'yes')
          expect(narrower.map((one) => rank(RUNTIME_TABLE.get(one)?.[need]))).toEqual(narrower.map(() => 3));
  });
});
