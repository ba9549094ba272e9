import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { describe, expect, test } from 'vitest';
import { requireTool } from '../kit/requires.ts';

// The launcher for Databricks is Python; its tests are pytest's. They run the built command against the embedded lab.

const LAUNCHER = join(import.meta.dirname, '..', '..', 'deploy', 'databricks', 'launcher');

const python = ['python3', '/usr/bin/python3'].find(
  (each) => spawnSync(each, ['-c', 'import pytest'], { stdio: 'ignore' }).status === 0,
);
const isRequired = (process.env['PROBE_REQUIRE_REAL'] ?? '').split(',').includes('pytest');

const FILES = readdirSync(join(LAUNCHER, 'tests')).filter((name) => /^test_.*\.py$/.test(name));

describe.skipIf(requireTool('pytest', python !== undefined))('the launcher for Databricks (pytest)', () => {
  test.each(FILES)('does what %s asks', { timeout: 600_000 }, (file) => {
    const { status, stdout, stderr } = spawnSync(
      python ?? '',
      ['-m', 'pytest', '-q', '-rs', '-p', 'no:cacheprovider', join('tests', file)],
      { cwd: LAUNCHER, encoding: 'utf8', env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' } },
    );
    expect(status, `${stdout}\n${stderr}`).toBe(0);
    if (isRequired) expect(stdout).not.toMatch(/\d+ skipped/);
  });
});
