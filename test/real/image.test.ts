import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { reportIn, verdictsIn } from '../kit/cli.ts';
import { dockerAnswers } from '../kit/real-docker.ts';
import { output, probeVersion } from '../kit/released.ts';
import { requireTool } from '../kit/requires.ts';

const IMAGE = `preflight-probe-test:${randomBytes(4).toString('hex')}`;
const BUILD_MS = 900_000;

/** As strictly as an orchestrator may: no network, no capability, nothing to write to, and a user that the image does not know. */
const STRICTLY = [
  ...['--rm', '--read-only', '--network', 'none', '--user', '12345:0'],
  ...['--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'],
];
const docker = (...args: readonly string[]): string => output('docker', args);

describe.skipIf(requireTool('docker', dockerAnswers()))('the image (needs a docker engine)', () => {
  beforeAll(() => output('scripts/image.sh', [IMAGE]), BUILD_MS);
  afterAll(() => docker('rmi', '--force', IMAGE));

  test('runs the main job on the dedicated lab, and every target passes', () => {
    const job = ['all', '--lab', 'dedicated', '--profile', 'quick', '--report', 'json'];
    const report = reportIn({ stdout: docker('run', ...STRICTLY, IMAGE, ...job) });
    expect(report).toMatchObject({ verdict: 'pass', exitCode: 0, tool: { version: probeVersion } });
    expect(new Set(Object.values(verdictsIn(report)))).toEqual(new Set(['pass']));
    expect(report.targets).toHaveLength(6);
  });

  test('writes its evidence to a volume, whoever it runs as', () => {
    const volume = docker('volume', 'create').trim();
    const onVolume = [...STRICTLY, '--volume', `${volume}:/evidence`, IMAGE];
    try {
      docker('run', ...onVolume, 'all', '--lab', 'dedicated', '--profile', 'quick', '--evidence', '/evidence');
      const judged = reportIn({ stdout: docker('run', ...onVolume, 'judge', '/evidence', '--report', 'json') });
      expect(judged.runs).toHaveLength(1);
    } finally {
      docker('volume', 'rm', volume);
    }
  });

  test('is not root, has no shell, and is not large', () => {
    const [{ Config, Size }] = JSON.parse(docker('image', 'inspect', IMAGE));
    expect(Config).toMatchObject({ User: '65532:65532', Entrypoint: ['/usr/bin/probe'] });
    expect(Size).toBeLessThan(200_000_000);
    for (const shell of ['/bin/sh', '/bin/bash', '/busybox/sh'])
      expect(() => docker('run', ...STRICTLY, '--entrypoint', shell, IMAGE, '-c', 'true')).toThrow(/no such file/);
  });
});
