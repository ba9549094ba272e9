import { z } from 'zod';
import { type JdbcProperty, jdbcProperty } from './jdbc-properties.ts';

// What Spark makes of the options of its sources `jdbc` (docs/sql-data-sources-jdbc.md) and `kafka` (docs/structured-streaming-kafka-integration.md).

export type SparkJdbc = {
  readonly url: string;
  /** Any option that is not Spark's own is a connection property of the driver, over the URL. */
  readonly properties: ReadonlyMap<JdbcProperty, string>;
  /** The most connections at once; null where it is not said. */
  readonly numPartitions: number | null;
  readonly sparksOwn: readonly string[];
  /** Neither Spark nor the driver knows them. */
  readonly unknown: readonly string[];
};

export type SparkKafka = {
  /** The options of Kafka's own client, without the prefix `kafka.`. */
  readonly client: ReadonlyMap<string, string>;
  readonly topics: readonly string[];
  readonly sparksOwn: readonly string[];
};

type Options = ReadonlyMap<string, string>;

/** JDBCOptions, in lower case. `user` and `password` are not among them: they go to the driver. */
const JDBC_OPTIONS: ReadonlySet<string> = new Set(
  `url dbtable query preparequery driver partitioncolumn lowerbound upperbound numpartitions querytimeout fetchsize batchsize
  isolationlevel sessioninitstatement truncate cascadetruncate createtableoptions createtablecolumntypes customschema
  pushdownpredicate pushdownaggregate pushdownlimit pushdownoffset pushdowntablesample keytab principal refreshkrb5config
  connectionprovider prefertimestampntz hint format`.split(/\s+/),
);

/** Null where these are no options of the source `jdbc`. */
export function sparkJdbc(options: Options): SparkJdbc | null {
  const url = optionOf(options, 'url');
  if (url === null || !/^\s*jdbc:/i.test(url)) return null;
  const own = [...options.keys()].filter((name) => JDBC_OPTIONS.has(name.toLowerCase()));
  const others = [...options].filter(([name]) => !own.includes(name) && !isOfKafka(name));
  const properties = others.flatMap(([name, value]) => {
    const property = jdbcProperty(name);
    return property === null ? [] : [[property, value] as const];
  });
  return {
    url: url.trim(),
    properties: new Map(properties),
    numPartitions: countOf(optionOf(options, 'numPartitions')),
    sparksOwn: own.filter((name) => !['url', 'numpartitions'].includes(name.toLowerCase())),
    unknown: others.flatMap(([name]) => (jdbcProperty(name) === null ? [name] : [])),
  };
}

const KAFKA_PREFIX = /^kafka\./i;
const TOPIC_OPTIONS = ['assign', 'subscribe', 'subscribePattern', 'topic'] as const;

const isOfKafka = (name: string): boolean =>
  KAFKA_PREFIX.test(name) || TOPIC_OPTIONS.some((option) => option.toLowerCase() === name.toLowerCase());

/** Null where these are no options of the source `kafka`. */
export function sparkKafka(options: Options): SparkKafka | null {
  const client = [...options].filter(([name]) => KAFKA_PREFIX.test(name));
  if (client.length === 0) return null;
  const hasUrl = optionOf(options, 'url') !== null;
  const others = [...options.keys()].filter((name) => !KAFKA_PREFIX.test(name) && (!hasUrl || isOfKafka(name)));
  const named = ['assign', 'subscribe', 'topic'].map((name) => name.toLowerCase());
  return {
    client: new Map(client.map(([name, value]) => [name.replace(KAFKA_PREFIX, ''), value])),
    topics: topicsOf(options),
    sparksOwn: others.filter((name) => !named.includes(name.toLowerCase())),
  };
}

/** `assign` is JSON from topics to partitions, `subscribe` a list with commas, `topic` what a sink writes to; a pattern names none. */
function topicsOf(options: Options): readonly string[] {
  const listed = `${optionOf(options, 'subscribe') ?? ''},${optionOf(options, 'topic') ?? ''}`.split(',');
  const topics = [...listed.map((each) => each.trim()), ...assigned(optionOf(options, 'assign'))];
  return [...new Set(topics.filter((each) => each !== ''))];
}

function assigned(text: string | null): readonly string[] {
  const read = z.record(z.string(), z.unknown()).safeParse(jsonOf(text ?? ''));
  return read.success ? Object.keys(read.data) : [];
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** CaseInsensitiveMap. */
function optionOf(options: Options, name: string): string | null {
  const found = [...options].find(([key]) => key.toLowerCase() === name.toLowerCase());
  return found?.[1] ?? null;
}

const countOf = (text: string | null): number | null =>
  text !== null && /^[1-9]\d{0,6}$/.test(text.trim()) ? Number(text) : null;
