import { parse } from 'yaml';
import { databricksJobs } from '../../formats/databricks-job.ts';
import { PropertiesError, parseJavaProperties } from '../../formats/java-properties.ts';
import { optionLines, optionSetsIn } from '../../formats/spark-options-text.ts';
import { PreflightError } from '../../model/preflight-error.ts';
import { jobDraft, workloadsDraft } from './databricks.ts';
import { type Draft, NOTHING, nameable, together, unmapped } from './draft.ts';
import { kafkaTarget } from './kafka.ts';
import type { KafkaMode } from './kafka-left-out.ts';
import { withPlaceholders } from './placeholders.ts';
import { jdbcDraft, sparkDraft } from './spark.ts';

const KINDS =
  'It reads a JDBC URL (jdbc:sqlserver:…), the .properties of a Kafka client (bootstrap.servers), Spark options as JSON or ' +
  'key=value lines (url, or kafka.bootstrap.servers), and the JSON of a Databricks job (tasks).';

/** What a source says, its kind being told by its content. `shown` is its name in messages, which never quote it. */
export function draftOf(content: string, shown: string): Draft {
  const text = withPlaceholders(content.replace(/^\uFEFF/, '').trim());
  if (text === '') throw new PreflightError('ERR_INIT_EMPTY', `${shown} is empty`, KINDS);
  const draft = ofText(text, shown);
  if (draft !== null) return draft;
  const hint = /^(tasks|job_clusters|resources|bundle):/m.test(text)
    ? 'A job or bundle in YAML is read as JSON: databricks jobs get ID --output json, or bundle validate --output json.'
    : KINDS;
  throw new PreflightError('ERR_INIT_KIND', `cannot tell what ${shown} holds`, hint);
}

/** Jobs alone, as JSON or as a bundle’s YAML: a workload for each task. */
export function jobsDraftOf(content: string, shown: string): Draft {
  const text = withPlaceholders(content.replace(/^\uFEFF/, '').trim());
  const jobs = databricksJobs(yamlOf(text, shown));
  if (jobs === null) throw new PreflightError('ERR_INIT_KIND', `there is no job in ${shown}`, JOBS);
  return together(jobs.map(workloadsDraft));
}

const JOBS =
  'It reads what `databricks jobs get ID --output json` prints, and a bundle or a part of it that holds resources.jobs.';

/** JSON is YAML too. The parser’s own message quotes the text. */
function yamlOf(text: string, shown: string): unknown {
  try {
    return parse(text, { logLevel: 'error' });
  } catch {
    throw new PreflightError('ERR_INIT_KIND', `${shown} can be read neither as JSON nor as YAML`, JOBS);
  }
}

function ofText(text: string, shown: string): Draft | null {
  if (/^jdbc:/i.test(text)) return together(linesOf(text).map((line) => jdbcDraft(line)));
  if (/^[[{]/.test(text)) return ofJson(jsonOf(text, shown));
  const java = javaProperties(text, shown);
  return looksLikeKafka(java) ? ofKafka(java, null) : ofOptions(optionLines(text), null);
}

const linesOf = (text: string): readonly string[] =>
  text
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '');

function ofJson(json: unknown): Draft | null {
  const jobs = databricksJobs(json);
  if (jobs !== null) return together(jobs.map(jobDraft));
  const read = optionSetsIn(json).map(({ name, options }, index) => ({
    name: name ?? `entry ${index + 1}`,
    draft: ofOptions(options, name),
  }));
  if (read.every(({ draft }) => draft === null)) return null;
  return together(
    read.map(
      ({ name, draft }) => draft ?? { ...NOTHING, unmapped: unmapped([nameable(name)], 'of no kind that is known') },
    ),
  );
}

const ofOptions = (options: ReadonlyMap<string, string>, name: string | null): Draft | null =>
  looksLikeKafka(options) ? ofKafka(options, name) : sparkDraft({ name, options });

/** A file for `--command-config` names no server, and is a client's all the same. */
const KAFKA_KEYS = [
  'bootstrap.servers',
  'metadata.broker.list',
  'security.protocol',
  'sasl.mechanism',
  'sasl.jaas.config',
];

const looksLikeKafka = (options: ReadonlyMap<string, string>): boolean => KAFKA_KEYS.some((key) => options.has(key));

const PRODUCES = /^(acks|linger\.ms|transactional\.id|enable\.idempotence)$|\.serializer$/;

function ofKafka(properties: ReadonlyMap<string, string>, name: string | null): Draft {
  const isProducer = !properties.has('group.id') && [...properties.keys()].some((key) => PRODUCES.test(key));
  const mode: KafkaMode = isProducer ? 'spark' : 'consumer-group';
  const target = kafkaTarget({ properties, mode, topic: null, name });
  const remark = isProducer
    ? 'mode: a producer joins no group, as in mode spark; that it may write to the topic is not tried'
    : 'mode: write spark where the workload reads without a group, as Spark does';
  return { ...NOTHING, targets: [{ ...target, remarks: [remark, ...target.remarks] }] };
}

function javaProperties(text: string, shown: string): ReadonlyMap<string, string> {
  try {
    return parseJavaProperties(text);
  } catch (error) {
    if (!(error instanceof PropertiesError)) throw error;
    throw new PreflightError('ERR_INIT_KIND', `${shown}: ${error.message}`, KINDS, { cause: error });
  }
}

/** The engine's own message quotes the text. */
function jsonOf(text: string, shown: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new PreflightError('ERR_INIT_KIND', `${shown} begins like JSON and cannot be read as JSON`, KINDS);
  }
}
