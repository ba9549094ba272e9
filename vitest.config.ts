import process from 'node:process';
import { defineConfig } from 'vitest/config';

// Where the machine is shared it may stand still under a test that measures time. What was tried again stays in the log, as `retry x1`.
const retry = process.env['CI'] === 'true' ? 1 : 0;

const suite = (name: string, extra: object = {}) => ({
  test: { name, include: [`test/${name}/**/*.test.ts`], testTimeout: 30_000, hookTimeout: 60_000, retry, ...extra },
});

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'architecture', include: ['test/architecture.test.ts'] } },
      suite('unit'),
      suite('calibration', { testTimeout: 120_000 }),
      suite('fixtures'),
      suite('cli'),
      suite('gate', { testTimeout: 120_000 }),
      // what it tests is built once, before its first test
      suite('release', { testTimeout: 120_000, globalSetup: 'test/release/setup.ts', fileParallelism: false }),
      suite('worked', { testTimeout: 120_000 }),
      suite('real', { testTimeout: 180_000, hookTimeout: 180_000, fileParallelism: false }),
    ],
  },
});
