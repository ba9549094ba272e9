import { describe, expect, test } from 'vitest';
import { sparkJdbc, sparkKafka } from '../../../src/formats/spark-options.ts';
import { optionLines, optionSetsIn } from '../../../src/formats/spark-options-text.ts';

const map = (options: Readonly<Record<string, string>>) => new Map(Object.entries(options));

describe('options as text', () => {
  test('a line is a name and a value, whose backslashes and separators stand for themselves', () => {
    const text = 'url=jdbc:sqlserver://sql\\inst:1433;databaseName=a\n# a comment\nuser = "svc"\n';
    expect(optionLines(text)).toEqual(map({ url: 'jdbc:sqlserver://sql\\inst:1433;databaseName=a', user: 'svc' }));
  });

  test('a line goes on after a backslash at its end', () => {
    expect(optionLines('subscribe=a,\\\n  b\nkafka.x=1')).toEqual(map({ subscribe: 'a,b', 'kafka.x': '1' }));
  });

  test.each([
    ['a mapping', { url: 'u', fetchsize: 10, flag: true }, [[null, { url: 'u', fetchsize: '10', flag: 'true' }]]],
    ['a format with its options', { format: 'jdbc', options: { url: 'u' } }, [[null, { url: 'u' }]]],
    [
      'a list',
      [{ url: 'u' }, { options: { url: 'v' } }],
      [
        [null, { url: 'u' }],
        [null, { url: 'v' }],
      ],
    ],
    [
      'a mapping from names',
      { one: { url: 'u' }, two: { options: { url: 'v' } } },
      [
        ['one', { url: 'u' }],
        ['two', { url: 'v' }],
      ],
    ],
    ['no mapping', 'text', []],
  ])('JSON is read as %s', (_, json, expected) => {
    expect(optionSetsIn(json).map(({ name, options }) => [name, Object.fromEntries(options)])).toEqual(expected);
  });
});

describe('the source jdbc', () => {
  test('parts what is for Spark from what is for the driver, without regard to case', () => {
    const options = map({
      URL: 'jdbc:sqlserver://sql:1433',
      dbTable: 'dbo.claims',
      numPartitions: '34',
      User: 'svc',
      LoginTimeout: '60',
      queryTimeout: '30',
      fetchSize: '1000',
      nonsense: 'x',
    });
    expect(sparkJdbc(options)).toEqual({
      url: 'jdbc:sqlserver://sql:1433',
      properties: new Map([
        ['user', 'svc'],
        ['loginTimeout', '60'],
      ]),
      numPartitions: 34,
      sparksOwn: ['dbTable', 'queryTimeout', 'fetchSize'],
      unknown: ['nonsense'],
    });
  });

  test.each([
    ['without a URL', { dbtable: 'x' }],
    ['with a URL that is no JDBC', { url: 'https://example.com' }],
  ])('is not meant %s', (_, options) => {
    expect(sparkJdbc(map(options))).toBeNull();
  });

  test.each(['0', 'many', '-1', '1.5'])('numPartitions %s says nothing', (numPartitions) => {
    expect(sparkJdbc(map({ url: 'jdbc:sqlserver://sql', numPartitions }))?.numPartitions).toBeNull();
  });
});

describe('the source kafka', () => {
  test('hands on what begins with kafka. and keeps the rest for itself', () => {
    const options = map({ 'kafka.bootstrap.servers': 'k:9092', startingOffsets: 'latest', subscribe: 'claims, audit' });
    expect(sparkKafka(options)).toEqual({
      client: map({ 'bootstrap.servers': 'k:9092' }),
      topics: ['claims', 'audit'],
      sparksOwn: ['startingOffsets'],
    });
  });

  test.each([
    ['partitions', { assign: '{"claims":[0,1],"audit":[2]}' }, ['claims', 'audit'], []],
    ['a sink', { topic: 'claims' }, ['claims'], []],
    ['a pattern, which names none', { subscribePattern: 'claims.*' }, [], ['subscribePattern']],
    ['assign that is no JSON', { assign: 'claims' }, [], []],
  ])('takes its topics from %s', (_, options, topics, sparksOwn) => {
    const read = sparkKafka(map({ 'kafka.bootstrap.servers': 'k:9092', ...options }));
    expect(read).toMatchObject({ topics, sparksOwn });
  });

  test('beside a JDBC URL, only what is its own is taken for it', () => {
    const both = map({
      url: 'jdbc:sqlserver://sql',
      dbtable: 't',
      'kafka.bootstrap.servers': 'k:9092',
      subscribe: 'a',
    });
    expect(sparkKafka(both)).toMatchObject({ topics: ['a'], sparksOwn: [] });
    expect(sparkJdbc(both)).toMatchObject({ sparksOwn: ['dbtable'], unknown: [] });
  });

  test('is not meant where nothing begins with kafka.', () => {
    expect(sparkKafka(map({ subscribe: 'claims' }))).toBeNull();
  });
});
