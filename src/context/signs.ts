// What tells one kind of compute from another: variables that the platforms set, and files that they put there. Values are kept only
// where they are short and public.

export const KINDS = [
  'databricks-serverless',
  'databricks-classic',
  'lambda',
  'ecs',
  'kubernetes',
  'host',
  'unknown',
] as const;
export type Kind = (typeof KINDS)[number];

type Sign = {
  /** `env:NAME` or `file:PATH`. */
  readonly name: string;
  /** `present`: the value may be an address or an id, and is not kept. */
  readonly keep: 'value' | 'present';
  /** What it says alone; null where it only helps a person to understand. */
  says(value: string): Kind | null;
};

const present = (name: string, kind: Kind | null): Sign => ({ name, keep: 'present', says: () => kind });

/** The version of the serverless environment begins with `client.`, that of a cluster with a number. */
const byRuntime = (version: string): Kind =>
  version.startsWith('client.') ? 'databricks-serverless' : 'databricks-classic';

export const SIGNS: readonly Sign[] = [
  { name: 'env:DATABRICKS_RUNTIME_VERSION', keep: 'value', says: byRuntime },
  {
    name: 'env:IS_SERVERLESS',
    keep: 'value',
    says: (value) => (value.toLowerCase() === 'true' ? 'databricks-serverless' : null),
  },
  // In containers of the customer's own the variable is missing, and this file is there.
  { name: 'file:/databricks/DBR_VERSION', keep: 'value', says: byRuntime },
  { name: 'env:DB_CLUSTER_ID', keep: 'present', says: () => null },
  // Model serving is neither a job nor a cluster.
  present('env:IS_IN_DATABRICKS_MODEL_SERVING_ENV', 'unknown'),
  // Set by a Databricks Connect client, which is anywhere but inside.
  { name: 'env:DATABRICKS_SERVERLESS_COMPUTE_ID', keep: 'value', says: () => null },
  { name: 'env:AWS_LAMBDA_FUNCTION_NAME', keep: 'value', says: () => 'lambda' },
  { name: 'env:AWS_EXECUTION_ENV', keep: 'value', says: () => null },
  present('env:ECS_CONTAINER_METADATA_URI_V4', 'ecs'),
  present('env:ECS_CONTAINER_METADATA_URI', 'ecs'),
  present('env:KUBERNETES_SERVICE_HOST', 'kubernetes'),
  {
    name: 'file:/var/run/secrets/kubernetes.io/serviceaccount/namespace',
    keep: 'value',
    says: () => 'kubernetes',
  },
  present('file:/.dockerenv', null),
  present('file:/run/.containerenv', null),
];
