import type { WorkloadNeed } from '../model/records.ts';

// What each kind of compute can do for a workload, as its maker documents it. What stands in no document is in no line, and is then not
// known. `can` is for what every workload of that kind may rely on; a preview, an allowlist or an access mode is `depends`.

export type Capability = {
  readonly can: 'yes' | 'no' | 'depends';
  readonly says: string;
  readonly source: `https://${string}`;
  /** When the line was last compared with its source. */
  readonly checkedAt: string;
};

const DATABRICKS = 'https://docs.databricks.com';
const AZURE = 'https://learn.microsoft.com/en-us/azure/databricks';
const AWS = 'https://docs.aws.amazon.com';
const KUBERNETES = 'https://kubernetes.io/docs';

const LIMITATIONS = `${DATABRICKS}/en/compute/serverless/limitations` as const;
const STREAMING = `${DATABRICKS}/en/structured-streaming/production/` as const;
const JAR_TASK = `${DATABRICKS}/aws/en/jobs/tasks/jar` as const;
const JOB_VARIABLES = `${DATABRICKS}/aws/en/jobs/environment-variables` as const;
const CLUSTER_VARIABLES = `${AZURE}/init-scripts/environment-variables` as const;
const CONNECT_ERRORS = `${AZURE}/error-messages/unsupported-connect-feature-error-class` as const;
const DEDICATED = `${DATABRICKS}/aws/compute/dedicated-overview` as const;
const STANDARD = `${AZURE}/compute/standard-limitations` as const;
const ALLOWLIST = `${AZURE}/data-governance/unity-catalog/manage-privileges/allowlist` as const;
const LAKEGUARD = `${AZURE}/compute/lakeguard` as const;
const POOLS = `${AZURE}/clusters/instance-pools/configure` as const;
const ECS_VARIABLES = `${AWS}/AmazonECS/latest/developerguide/taskdef-envfiles.html` as const;
const POD_VARIABLES = `${KUBERNETES}/tasks/inject-data-application/define-environment-variable-container/` as const;

type Line = (says: string, source: Capability['source'], checkedAt?: string) => Capability;

const CHECKED_AT = '2026-11-25';
const line =
  (can: Capability['can']): Line =>
  (says, source, checkedAt = CHECKED_AT) => ({ can, says, source, checkedAt });
const yes = line('yes');
const no = line('no');
const depends = line('depends');

const BY_ACCESS_MODE = 'it can in dedicated access mode, and not in standard access mode';
const BY_ALLOWLIST = 'in standard access mode an administrator has to put it on the allowlist first';

/** Of every cluster of one's own, whatever its access mode. */
const CLUSTER = {
  continuous: yes('streams are scheduled on jobs compute in continuous mode', STREAMING),
  'environment-variables': yes('those that are set on the cluster are there for user code', CLUSTER_VARIABLES),
  'instance-pool': yes('a cluster that is attached to a pool takes its machines from there', POOLS),
} as const;

type Capabilities = Readonly<Partial<Record<WorkloadNeed, Capability>>>;

const table: Readonly<Record<string, Capabilities>> = {
  'databricks-serverless': {
    continuous: no(
      'a stream ends with what is there (Trigger.AvailableNow and Trigger.Once alone), and pipelines are another kind of compute',
      STREAMING,
    ),
    rdd: no('Spark Connect is all there is, and it has no RDDs', LIMITATIONS),
    jar: depends(
      'JAR tasks are in public preview, and the JAR has to match Scala and JDK of the environment',
      JAR_TASK,
    ),
    r: no('R is not supported', LIMITATIONS),
    'init-script': no('init scripts are not supported', JOB_VARIABLES),
    'environment-variables': depends(
      'they are in beta for jobs, from environment version 5 on, after an administrator has turned them on, and never for UDFs',
      JOB_VARIABLES,
    ),
    'udf-internet': no('UDFs cannot reach the internet', LIMITATIONS),
    'docker-image': no('Databricks Container Services are not supported', LIMITATIONS),
    'instance-pool': no('there are no machines to take from a pool', LIMITATIONS),
    gpu: depends(
      'GPUs are a kind of serverless compute of their own, in beta',
      `${DATABRICKS}/aws/release-notes/serverless/environment-version`,
    ),
  },
  // the access mode leaves no sign, so that it takes a declaration to know it
  'databricks-classic': {
    ...CLUSTER,
    rdd: depends(BY_ACCESS_MODE, CONNECT_ERRORS),
    jar: depends(BY_ALLOWLIST, ALLOWLIST),
    r: depends(BY_ACCESS_MODE, STANDARD),
    'init-script': depends(BY_ALLOWLIST, ALLOWLIST),
    'udf-internet': depends('dedicated access mode does not isolate UDFs, and others do', LAKEGUARD),
    'docker-image': depends('it is documented for dedicated access mode on AWS', DEDICATED),
    gpu: depends(BY_ACCESS_MODE, STANDARD),
  },
  'databricks-dedicated': {
    ...CLUSTER,
    rdd: yes('RDDs are a reason to choose this access mode', DEDICATED),
    jar: yes('a JAR task may choose it, and needs no allowlist', JAR_TASK),
    r: yes('R is a reason to choose this access mode', DEDICATED),
    'init-script': yes('scripts of the cluster run on its machines', CLUSTER_VARIABLES),
    'udf-internet': yes('user code is not isolated from the engine: a UDF has the network of its machine', LAKEGUARD),
    'docker-image': depends('containers of one’s own are documented for AWS', DEDICATED),
    gpu: yes('GPUs are a reason to choose this access mode', DEDICATED),
  },
  'databricks-standard': {
    ...CLUSTER,
    rdd: no('RDDs are not available in standard access mode', CONNECT_ERRORS),
    jar: depends('an administrator has to put it on the allowlist first', ALLOWLIST),
    r: no('R is not supported in standard access mode', STANDARD),
    'init-script': depends('an administrator has to put it on the allowlist first', ALLOWLIST),
    gpu: no('GPUs are not supported in standard access mode', STANDARD),
  },
  lambda: {
    continuous: no(
      'an invocation ends after 15 minutes, or 90 on managed instances',
      `${AWS}/lambda/latest/dg/gettingstarted-limits.html`,
    ),
    'environment-variables': yes(
      'they are part of the configuration of a function',
      `${AWS}/lambda/latest/dg/lambda-functions.html`,
    ),
    'docker-image': depends(
      'the image has to hold the runtime interface client of Lambda',
      `${AWS}/lambda/latest/dg/images-create.html`,
    ),
  },
  ecs: {
    'environment-variables': yes('they are part of the definition of a container', ECS_VARIABLES),
    'docker-image': yes('a task runs the images of its definition', ECS_VARIABLES),
    gpu: depends(
      'Fargate has none, and container instances may have',
      `${AWS}/AmazonECS/latest/userguide/fargate-tasks-services.html`,
    ),
  },
  kubernetes: {
    'environment-variables': yes('they are part of the definition of a container', POD_VARIABLES),
    'docker-image': yes('a pod runs the images of its definition', POD_VARIABLES),
    gpu: depends(
      'nodes of the cluster need GPUs, their drivers and a device plugin',
      `${KUBERNETES}/tasks/manage-gpus/scheduling-gpus/`,
    ),
  },
};

/** By kind of compute: a kind is a word of the configuration, and may be anything. */
export const RUNTIME_TABLE: ReadonlyMap<string, Capabilities> = new Map(Object.entries(table));

/** What a kind that was detected may be declared as, so that more is known of it. */
export const NARROWER_KINDS: ReadonlyMap<string, readonly string[]> = new Map([
  ['databricks-classic', ['databricks-dedicated', 'databricks-standard']],
]);
