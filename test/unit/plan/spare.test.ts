import { describe, expect, test } from 'vitest';
import { configured, planned, type Targeted } from './configured.ts';

const STATUS = { address: 'status.example:443', logins: 0 };
const uplink = (over: Targeted = {}) => configured('uplink', { control: true, servers: [STATUS], ...over });
const target = configured('claims-db');

const ofTarget = (name: string, { targets }: ReturnType<typeof planned>) =>
  targets.find(({ record }) => record.name === name);

describe('attempts in place of those that our own trouble may take', () => {
  test('are so many that with more of them lost the run could not count as clean', () => {
    const attempts = ofTarget('claims-db', planned([target]));
    expect(attempts).toMatchObject({ attempts: { most: 15 }, spare: 3, checks: 0 });
    const { most } = attempts?.attempts ?? { most: 0 };
    const share = (tainted: number) => tainted / (most + tainted);
    expect(share(attempts?.spare ?? 0)).toBeLessThanOrEqual(0.2);
    expect(share((attempts?.spare ?? 0) + 1)).toBeGreaterThan(0.2);
  });

  test('are in the load that is stated', () => {
    expect(planned([target]).servers).toMatchObject([{ connections: 18, logins: 18, bytes: 18_000 }]);
  });
});

describe('checks of the uplink', () => {
  test('are in the load of a control, and last no longer than the attempts that they are made for', () => {
    const plan = planned([target, uplink()]);
    expect(ofTarget('uplink', plan)).toMatchObject({ spare: 3, checks: 60 });
    const [own, status] = plan.servers;
    expect(status).toMatchObject({ connections: 78 });
    expect(status?.durationMs).toBe(own?.durationMs);
  });

  test('are none where there is nothing but controls', () => {
    expect(ofTarget('uplink', planned([uplink()]))).toMatchObject({ checks: 0 });
  });
});

test('a control on the server of a target is warned of: it is not asked of its failures', () => {
  const plan = planned([configured('status-page', { servers: [STATUS] }), target, uplink()]);
  expect(plan.warnings).toEqual([
    'uplink: is a control, and stands on a server of status-page: it says nothing of their failures.',
  ]);
  expect(planned([target, uplink()]).warnings).toEqual([]);
});

test('controls go with whatever is chosen: without them a run could not tell a dead uplink', () => {
  const plan = planned([target, configured('other'), uplink()], { only: ['claims-db'] });
  expect(plan.targets.map(({ record }) => record.name)).toEqual(['claims-db', 'uplink']);
});
