import { describe, expect, test } from 'vitest';
import { databricksJobs } from '../../../src/formats/databricks-job.ts';

const taskWith = (over: object) => ({ task_key: 'ingest', spark_python_task: { python_file: 'ingest.py' }, ...over });
const jobWith = (task: object, over: object = {}) => databricksJobs({ tasks: [taskWith(task)], ...over })?.[0];
const needsOf = (task: object, over: object = {}) => jobWith(task, over)?.tasks[0]?.needs;
const onCluster = (new_cluster: object) => needsOf({ new_cluster });

describe('a task needs of its runtime', () => {
  test.each<[string, readonly string[] | undefined, readonly string[]]>([
    ['nothing that its job says', needsOf({}), []],
    ['a JAR', needsOf({ spark_python_task: undefined, spark_jar_task: { main_class_name: 'x' } }), ['jar']],
    ['a JAR among its libraries', needsOf({ libraries: [{ jar: '/Volumes/x.jar' }] }), ['jar']],
    ['a JAR from Maven', needsOf({ libraries: [{ maven: { coordinates: 'a:b:1' } }] }), ['jar']],
    ['a JAR that it submits', needsOf({ spark_submit_task: { parameters: ['--class', 'x', 'dbfs:/x.jar'] } }), ['jar']],
    ['no JAR for a wheel', needsOf({ libraries: [{ whl: 'x.whl' }, { pypi: { package: 'x' } }] }), []],
    ['R, of a library', needsOf({ libraries: [{ cran: { package: 'x' } }] }), ['r']],
    ['R, of a file', needsOf({ spark_python_task: undefined, notebook_task: { notebook_path: '/x/score.R' } }), ['r']],
    ['init scripts', onCluster({ init_scripts: [{ volumes: {} }] }), ['init-script']],
    ['no init scripts where the list is empty', onCluster({ init_scripts: [], spark_env_vars: {} }), []],
    ['environment variables', onCluster({ spark_env_vars: { A: 'b' } }), ['environment-variables']],
    ['a container of its own', onCluster({ docker_image: { url: 'x' } }), ['docker-image']],
    ['a pool', onCluster({ instance_pool_id: 'x', driver_instance_pool_id: 'x' }), ['instance-pool']],
    ['an accelerator on AWS', onCluster({ node_type_id: 'g5.xlarge' }), ['gpu']],
    ['an accelerator on Azure', onCluster({ driver_node_type_id: 'Standard_NC6s_v3' }), ['gpu']],
    ['an accelerator on Google Cloud', onCluster({ node_type_id: 'a2-highgpu-1g' }), ['gpu']],
    ['an accelerator, of the runtime', onCluster({ spark_version: '15.4.x-gpu-ml-scala2.12' }), ['gpu']],
    [
      'no accelerator on other machines',
      onCluster({ node_type_id: 'm5d.large', spark_version: '15.4.x-scala2.12' }),
      [],
    ],
    ['no accelerator on other machines of Azure', onCluster({ node_type_id: 'Standard_DS3_v2' }), []],
    [
      'Kerberos',
      onCluster({ spark_conf: { 'spark.driver.extraJavaOptions': '-Djava.security.krb5.conf=/x' } }),
      ['kerberos'],
    ],
    ['to run without an end', needsOf({}, { continuous: { pause_status: 'UNPAUSED' } }), ['continuous']],
    [
      'what the cluster has that it shares',
      needsOf(
        { job_cluster_key: 'etl' },
        {
          job_clusters: [
            { job_cluster_key: 'other', new_cluster: { docker_image: {} } },
            { job_cluster_key: 'etl', new_cluster: { spark_env_vars: { A: 'b' } } },
          ],
        },
      ),
      ['environment-variables'],
    ],
  ])('%s', (_, found, expected) => {
    expect(found).toEqual(expected);
  });
});

describe('a job runs so often a month', () => {
  test.each<[object, number | null]>([
    [{ trigger: { periodic: { interval: 2, unit: 'HOURS' } } }, 360],
    [{ trigger: { periodic: { interval: 1, unit: 'DAYS' } } }, 30],
    [{ trigger: { periodic: { interval: 1, unit: 'WEEKS' } } }, 4],
    [{ trigger: { periodic: { interval: 0, unit: 'HOURS' } } }, null],
    [{ trigger: { file_arrival: {} } }, null],
    [{}, null],
  ])('%j: %s', (over, expected) => {
    expect(jobWith({}, over)?.runsPerMonth).toBe(expected);
  });

  test('is for a person to count where it is a schedule', () => {
    const schedule = { quartz_cron_expression: '0 0 2 * * ?', timezone_id: 'UTC' };
    expect(jobWith({}, { schedule })).toMatchObject({ runsPerMonth: null, cron: '0 0 2 * * ?' });
  });
});
