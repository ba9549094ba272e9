import type { JdbcProperty } from '../../formats/jdbc-properties.ts';
import { parseJdbcUrl } from '../../formats/jdbc-url.ts';
import { type SparkJdbc, type SparkKafka, sparkJdbc, sparkKafka } from '../../formats/spark-options.ts';
import type { OptionSet } from '../../formats/spark-options-text.ts';
import { type Draft, NOTHING, nameable, type TargetDraft, together, unmapped, type WorkloadDraft } from './draft.ts';
import { kafkaTarget } from './kafka.ts';
import { sqlserverTarget } from './sqlserver.ts';

/** A JDBC URL, with the options beside it as the driver merges them: over the URL. Null names are made of what stands in it. */
export function jdbcDraft(
  url: string,
  beside: ReadonlyMap<JdbcProperty, string> = new Map(),
  name: string | null = null,
): Draft {
  const what = [name === null ? 'a JDBC URL' : `the URL of ${nameable(name)}`];
  const kind = /^jdbc:([a-z0-9]{1,20}):/i.exec(url)?.[1];
  if (kind !== undefined && kind.toLowerCase() !== 'sqlserver')
    return {
      ...NOTHING,
      unmapped: unmapped(what, `${kind} is no SQL Server: write a target of type tcp, which tries its port`),
    };
  const parsed = parseJdbcUrl(url);
  if ('problem' in parsed) return { ...NOTHING, unmapped: unmapped(what, parsed.problem) };
  const properties = new Map([...parsed.properties, ...beside]);
  return { ...NOTHING, targets: [sqlserverTarget({ properties, unknown: parsed.unknown.length, name })] };
}

/** Null where these are options of neither source. */
export function sparkDraft({ name, options }: OptionSet): Draft | null {
  const jdbc = sparkJdbc(options);
  const kafka = sparkKafka(options);
  if (jdbc === null && kafka === null) return null;
  return together([
    jdbc === null ? NOTHING : ofJdbc(jdbc, name),
    kafka === null ? NOTHING : ofKafka(kafka, jdbc === null ? name : null),
  ]);
}

function ofJdbc(jdbc: SparkJdbc, name: string | null): Draft {
  const draft = jdbcDraft(jdbc.url, jdbc.properties, name);
  const targets = draft.targets.map((target) => ({
    ...target,
    unmapped: [
      ...target.unmapped,
      ...unmapped(jdbc.sparksOwn.map(nameable), 'options of Spark for what it reads; the probe reads no table'),
      ...unmapped(jdbc.unknown.map(nameable), 'unknown to Spark and to the driver'),
    ],
  }));
  return { ...draft, targets, workloads: targets.map((target) => reading([target], jdbc.numPartitions)) };
}

/** A target tries one topic; several of one source share its account. */
function ofKafka({ client, topics, sparksOwn }: SparkKafka, name: string | null): Draft {
  const own = unmapped(sparksOwn.map(nameable), 'options of Spark for the records it takes');
  const targetOf = (topic: string | null): TargetDraft => {
    const target = kafkaTarget({ properties: client, mode: 'spark', topic, name: topics.length > 1 ? null : name });
    return { ...target, unmapped: [...target.unmapped, ...own] };
  };
  const first = targetOf(topics[0] ?? null);
  const others = topics.slice(1).map((topic) => ({ ...targetOf(topic), sharesWith: first }));
  return { ...NOTHING, targets: [first, ...others], workloads: [reading([first, ...others], null)] };
}

function reading(targets: readonly TargetDraft[], numPartitions: number | null): WorkloadDraft {
  return {
    name: null,
    uses: targets,
    seen: [],
    connectsFrom: 'spark-source',
    connectionsPerRun: numPartitions,
    remarks: numPartitions === null ? [] : ['connectionsPerRun: numPartitions of the source, each with one connection'],
  };
}
