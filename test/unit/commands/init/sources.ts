import { REGISTRY } from '../../../../probes/index.ts';
import { assemble } from '../../../../src/commands/init/assemble.ts';
import { documentOf } from '../../../../src/commands/init/document.ts';
import { together } from '../../../../src/commands/init/draft.ts';
import { draftOf } from '../../../../src/commands/init/source.ts';
import { loadConfig } from '../../../../src/config/load.ts';
import { GENERIC_RULE_IDS } from '../../../../src/judge/rules/of-probe.ts';
import type { Config } from '../../../../src/model/config.ts';

// What people hold, and what `probe init` makes of it, through the real registry and the real loader.

export const fromEnv = (name: string): string => `\${env:${name}}`;

export function initialized(...contents: readonly string[]) {
  const assembled = assemble(together(contents.map((content) => draftOf(content, 'the source'))), REGISTRY);
  const text = documentOf(assembled);
  const { variables, secrets } = assembled.needed;
  return { text, variables: [...variables.keys()], secrets: [...secrets] };
}

export function load(
  text: string,
  references: 'offline' | 'resolve',
  env = {},
  secrets: Record<string, string> | null = null,
): Config {
  const options = { registry: REGISTRY, env, secrets, references, generalRules: GENERIC_RULE_IDS };
  return loadConfig({ path: 'probe.yaml', text }, options);
}

export const endpointsIn = ({ targets }: Config) => targets.map(({ name, bound }) => [name, bound?.endpoint]);

export const URL = 'jdbc:sqlserver://sql.internal:1433;databaseName=Claims;encrypt=true';

export const PROPERTIES = `bootstrap.servers=k1.internal:9093,k2.internal:9093
security.protocol=SASL_SSL
sasl.mechanism=SCRAM-SHA-512
sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required \\
  username="svc" password="Tr0ub4dor&3";
ssl.truststore.location=/etc/kafka/trust.p12
ssl.truststore.password=changeit-2
group.id=claims-app
auto.offset.reset=earliest
`;

export const SPARK_JDBC = `url=jdbc:sqlserver://sql.internal\\INST:1433;databaseName=Claims
dbtable=dbo.claims
user=svc
password=Tr0ub4dor&3;x
numPartitions=34
loginTimeout=60
`;

export const SPARK_KAFKA = JSON.stringify({
  format: 'kafka',
  options: {
    'kafka.bootstrap.servers': 'k1.internal:9093',
    'kafka.security.protocol': 'SASL_SSL',
    'kafka.sasl.mechanism': 'PLAIN',
    'kafka.sasl.jaas.config':
      'kafkashaded.org.apache.kafka.common.security.plain.PlainLoginModule required username="svc" password="Tr0ub4dor&3";',
    subscribe: 'claims,audit',
    startingOffsets: 'earliest',
  },
});

export const task = (key: string, over: object) => ({ task_key: key, ...over });
export const JOB = JSON.stringify({
  settings: {
    name: 'nightly',
    tags: {},
    tasks: [
      task('ingest', {
        job_cluster_key: 'etl',
        timeout_seconds: 3600,
        spark_python_task: {
          python_file: '/Users/someone/ingest.py',
          parameters: [`--url=${URL};user=svc;password=Tr0ub4dor&3`],
        },
      }),
      task('score', {
        environment_key: 'default',
        python_wheel_task: { package_name: 'claims', entry_point: 'score' },
      }),
      task('gate', { condition_task: { op: 'EQUAL_TO', left: '1', right: '1' } }),
    ],
    job_clusters: [{ job_cluster_key: 'etl', new_cluster: { spark_env_vars: { TOKEN: 'Tr0ub4dor&3' } } }],
  },
});
export const JOB_WITHOUT_URL = JSON.stringify({
  tasks: [task('score', { environment_key: 'default', notebook_task: {} })],
});
