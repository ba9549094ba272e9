import { expect, test } from 'vitest';
import { type ContextRequest, detectContext } from '../../../src/context/detect.ts';

const BOOT_ID = '/proc/sys/kernel/random/boot_id';
const NAMESPACE = '/var/run/secrets/kubernetes.io/serviceaccount/namespace';
const DBR_VERSION = '/databricks/DBR_VERSION';

type Place = {
  readonly env?: ContextRequest['env'];
  readonly files?: Readonly<Record<string, string>>;
} & Partial<ContextRequest>;

const detect = ({ env = {}, files = {}, ...more }: Place) =>
  detectContext({
    env,
    readFile: (path) => files[path] ?? null,
    hostname: 'host-1',
    declared: [],
    name: null,
    vantage: 'driver',
    ...more,
  });

test.each<[string, Place, string]>([
  ['a machine without any sign', {}, 'host'],
  ['a container on a machine', { files: { '/.dockerenv': '' } }, 'host'],
  ['a serverless runtime', { env: { DATABRICKS_RUNTIME_VERSION: 'client.4.9' } }, 'databricks-serverless'],
  [
    'a serverless runtime that says so twice',
    { env: { DATABRICKS_RUNTIME_VERSION: 'client.4.9', IS_SERVERLESS: 'TRUE' } },
    'databricks-serverless',
  ],
  ['a serverless runtime whose version is missing', { env: { IS_SERVERLESS: 'TRUE' } }, 'databricks-serverless'],
  ['a cluster', { env: { DATABRICKS_RUNTIME_VERSION: '15.4' } }, 'databricks-classic'],
  ['a cluster with a container of its own', { files: { [DBR_VERSION]: '15.4\n' } }, 'databricks-classic'],
  [
    'a cluster that says it is none',
    { env: { DATABRICKS_RUNTIME_VERSION: '15.4', IS_SERVERLESS: 'false' } },
    'databricks-classic',
  ],
  ['contradicting signs', { env: { DATABRICKS_RUNTIME_VERSION: '15.4', IS_SERVERLESS: 'TRUE' } }, 'unknown'],
  [
    'model serving',
    { env: { DATABRICKS_RUNTIME_VERSION: 'client.4.9', IS_IN_DATABRICKS_MODEL_SERVING_ENV: 'true' } },
    'unknown',
  ],
  ['a Databricks Connect client', { env: { DATABRICKS_SERVERLESS_COMPUTE_ID: 'auto' } }, 'host'],
  ['a function', { env: { AWS_LAMBDA_FUNCTION_NAME: 'claims' } }, 'lambda'],
  ['a task', { env: { ECS_CONTAINER_METADATA_URI_V4: 'http://169.254.170.2/v4/abc' } }, 'ecs'],
  ['a pod', { env: { KUBERNETES_SERVICE_HOST: '10.0.0.1' } }, 'kubernetes'],
  ['a pod without service links', { files: { [NAMESPACE]: 'claims' } }, 'kubernetes'],
  [
    'a cluster that is a pod',
    { env: { KUBERNETES_SERVICE_HOST: '10.0.0.1', DATABRICKS_RUNTIME_VERSION: '15.4' } },
    'databricks-classic',
  ],
  ['a container app', { env: { CONTAINER_APP_NAME: 'claims' } }, 'azure-container-apps'],
  [
    'a job of container apps, which is a pod too',
    { env: { CONTAINER_APP_JOB_NAME: 'claims', KUBERNETES_SERVICE_HOST: '10.0.0.1' } },
    'azure-container-apps',
  ],
  ['a Cloud Run service', { env: { K_SERVICE: 'claims' } }, 'cloud-run'],
  ['a Cloud Run job', { env: { CLOUD_RUN_JOB: 'claims' } }, 'cloud-run'],
  ['a Knative service', { env: { K_SERVICE: 'claims', KUBERNETES_SERVICE_HOST: '10.0.0.1' } }, 'kubernetes'],
  ['a workflow', { env: { GITHUB_ACTIONS: 'true', RUNNER_ENVIRONMENT: 'github-hosted' } }, 'github-actions'],
  ['a workflow that is said to be none', { env: { GITHUB_ACTIONS: 'false' } }, 'host'],
  [
    'a workflow on a runner that is a pod',
    { env: { GITHUB_ACTIONS: 'true', KUBERNETES_SERVICE_HOST: '10.0.0.1' } },
    'kubernetes',
  ],
  ['a variable that is set to nothing', { env: { AWS_LAMBDA_FUNCTION_NAME: '' } }, 'host'],
])('%s is told by its signs', (_, place, kind) => {
  expect(detect(place).kind).toBe(kind);
});

test('the signs are recorded, and of those that may hold an address or an id only that they are there', () => {
  const { signs } = detect({
    env: {
      KUBERNETES_SERVICE_HOST: '10.0.0.1',
      DATABRICKS_RUNTIME_VERSION: 'client.4.9',
      AWS_SECRET_ACCESS_KEY: 'opensesame',
    },
    files: { [NAMESPACE]: 'claims\n' },
  });

  expect(signs).toEqual({
    'env:DATABRICKS_RUNTIME_VERSION': 'client.4.9',
    'env:KUBERNETES_SERVICE_HOST': 'present',
    [`file:${NAMESPACE}`]: 'claims',
  });
});

test('a long value is cut', () => {
  expect(detect({ env: { AWS_LAMBDA_FUNCTION_NAME: 'x'.repeat(500) } }).signs).toEqual({
    'env:AWS_LAMBDA_FUNCTION_NAME': 'x'.repeat(64),
  });
});

const declare = (name: string, ephemeral: boolean) => ({
  name,
  ephemeral,
  compute: ephemeral ? ('serverless' as const) : ('dedicated' as const),
  kind: null,
  provides: [],
  costPerHour: null,
  startupMs: null,
  idleKeptMs: null,
  minimumBillingMs: null,
});

test.each<[string, Place, string, boolean]>([
  ['nothing is declared', {}, 'host', true],
  ['the name is not declared', { name: 'nightly', declared: [declare('dedicated', false)] }, 'nightly', true],
  ['the name is declared stable', { name: 'dedicated', declared: [declare('dedicated', false)] }, 'dedicated', false],
  [
    'the name is declared ephemeral',
    { name: 'serverless', declared: [declare('serverless', true)] },
    'serverless',
    true,
  ],
  ['the kind is declared stable', { declared: [declare('host', false)] }, 'host', false],
  ['only another one is declared stable', { declared: [declare('dedicated', false)] }, 'host', true],
])('a context is ephemeral unless its own name is declared otherwise: %s', (_, place, name, ephemeral) => {
  expect(detect(place)).toMatchObject({ name, ephemeral });
});

test('a name that the operator gives leaves the kind as it was detected', () => {
  expect(detect({ name: 'dedicated', env: { IS_SERVERLESS: 'TRUE' } })).toMatchObject({
    name: 'dedicated',
    kind: 'databricks-serverless',
  });
});

test('the boot of the machine, the vantage and the facts of the host are recorded', () => {
  const found = detect({ files: { [BOOT_ID]: 'c0ffee00-0000-4000-8000-000000000000\n' }, vantage: 'executor' });

  expect(found.bootId).toBe('c0ffee00-0000-4000-8000-000000000000');
  expect(found.vantage).toBe('executor');
  expect(found.host).toMatchObject({ hostname: 'host-1', cpus: expect.stringMatching(/^\d+$/), node: process.version });
  expect(detect({}).bootId).toBeNull();
});

test.each<[string, ContextRequest['env'], { index: number; of: number }]>([
  ['a pod of an Indexed Job', { JOB_COMPLETION_INDEX: '2', PROBE_PROCESSES: '4' }, { index: 2, of: 4 }],
  ['a task of a Cloud Run job', { CLOUD_RUN_TASK_INDEX: '0', CLOUD_RUN_TASK_COUNT: '3' }, { index: 0, of: 3 }],
  ['a pod whose manifest states no count', { JOB_COMPLETION_INDEX: '2' }, { index: 0, of: 1 }],
  ['a pod beyond the count', { JOB_COMPLETION_INDEX: '4', PROBE_PROCESSES: '4' }, { index: 0, of: 1 }],
  ['a count that is none', { JOB_COMPLETION_INDEX: '0', PROBE_PROCESSES: '-1' }, { index: 0, of: 1 }],
  [
    'an executor of Spark, which may well be a pod',
    { PROBE_PROCESS_INDEX: '1', PROBE_PROCESSES: '3', JOB_COMPLETION_INDEX: '0' },
    { index: 1, of: 3 },
  ],
  ['a process alone', {}, { index: 0, of: 1 }],
])('a process knows which it is of how many: %s', (_, env, process) => {
  expect(detect({ env }).process).toEqual(process);
});

test('the index of a pod stands among the signs, also where its count is not stated', () => {
  expect(detect({ env: { JOB_COMPLETION_INDEX: '2' } }).signs).toEqual({ 'env:JOB_COMPLETION_INDEX': '2' });
});
