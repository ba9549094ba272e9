// What tells one kind of compute from another: variables that the platforms set, and files that they put there. Values are kept only
// where they are short and public.

export const KINDS = [
  'databricks-serverless',
  'databricks-classic',
  'lambda',
  'ecs',
  'azure-container-apps',
  'kubernetes',
  'cloud-run',
  'github-actions',
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
const named = (name: string, kind: Kind | null): Sign => ({ name, keep: 'value', says: () => kind });

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
  named('env:DATABRICKS_SERVERLESS_COMPUTE_ID', null),
  named('env:AWS_LAMBDA_FUNCTION_NAME', 'lambda'),
  named('env:AWS_EXECUTION_ENV', null),
  present('env:ECS_CONTAINER_METADATA_URI_V4', 'ecs'),
  present('env:ECS_CONTAINER_METADATA_URI', 'ecs'),
  // https://learn.microsoft.com/azure/container-apps/environment-variables: an app has the first, a job the second
  named('env:CONTAINER_APP_NAME', 'azure-container-apps'),
  named('env:CONTAINER_APP_JOB_NAME', 'azure-container-apps'),
  present('env:KUBERNETES_SERVICE_HOST', 'kubernetes'),
  named('file:/var/run/secrets/kubernetes.io/serviceaccount/namespace', 'kubernetes'),
  named('env:JOB_COMPLETION_INDEX', null),
  // Knative sets it as well, and there the cluster is what is said: https://cloud.google.com/run/docs/container-contract#env-vars
  named('env:K_SERVICE', 'cloud-run'),
  named('env:CLOUD_RUN_JOB', 'cloud-run'),
  // A runner of one's own may be a pod, which says more of its network.
  { name: 'env:GITHUB_ACTIONS', keep: 'value', says: (value) => (value === 'true' ? 'github-actions' : null) },
  named('env:RUNNER_ENVIRONMENT', null),
  present('file:/.dockerenv', null),
  present('file:/run/.containerenv', null),
];
