import { describe, expect, test } from 'vitest';
import { draftOf } from '../../../../src/commands/init/source.ts';
import {
  fromEnv,
  initialized,
  JOB,
  JOB_WITHOUT_URL,
  load,
  PROPERTIES,
  SPARK_JDBC,
  SPARK_KAFKA,
  URL,
} from './sources.ts';

describe.each([
  ['a JDBC URL', `${URL};user=svc;password={Tr0ub4dor&3;}`],
  ['a Kafka client’s properties', PROPERTIES],
  ['options of Spark’s source jdbc', SPARK_JDBC],
  ['options of Spark’s source kafka', SPARK_KAFKA],
  ['a Databricks job', JOB],
  ['a Databricks job that names no system', JOB_WITHOUT_URL],
])('from %s', (_, source) => {
  test('the configuration passes `probe check --offline-references`', () => {
    const { targets } = load(initialized(source).text, 'offline');
    expect(targets.length).toBeGreaterThan(0);
  });

  test('no secret is in it', () => {
    expect(initialized(source).text).not.toMatch(/Tr0ub4dor|changeit/);
  });

  test('the variables that are named are those that it refers to', () => {
    const { text, variables } = initialized(source);
    const referred = new Set([...text.matchAll(/\$\{env:(\w+)\}/g)].map(([, name]) => name));
    expect(new Set(variables)).toEqual(referred);
  });
});

describe('several sources', () => {
  test('make one configuration, in which every name is given once', () => {
    const { text, variables } = initialized(`${URL};user=a;password=one`, `${URL};user=b;password=two`, PROPERTIES);
    expect(load(text, 'offline').targets.map(({ name }) => name)).toEqual(['claims-db', 'claims-db-2', 'kafka']);
    expect(variables).toContain('CLAIMS_DB_PASSWORD');
    expect(variables).toContain('CLAIMS_DB_2_PASSWORD');
  });

  test('names that differ in signs alone have variables of their own', () => {
    const both = { 'a-b': { url: URL, user: 'u', password: 'one' }, 'a.b': { url: URL, user: 'u', password: 'two' } };
    expect(initialized(JSON.stringify(both)).variables).toEqual(['A_B_PASSWORD', 'A_B_PASSWORD_2']);
  });
});

describe('placeholders of a template', () => {
  test('with the name of a variable are that variable', () => {
    const { text, variables } = initialized(`jdbc:sqlserver://${fromEnv('DB')}:1433;user=svc;password=\${PW}`);
    expect(text).toContain(`jdbc:sqlserver://${fromEnv('DB')}:1433`);
    expect(variables).toEqual(['DB', 'PW']);
  });

  test('of another kind leave the value to a variable', () => {
    const { text } = initialized(`bootstrap.servers=\${file:/etc/kafka:servers}\nsecurity.protocol=SSL`);
    expect(text).toContain(`bootstrap.servers: ${fromEnv('KAFKA_BOOTSTRAP_SERVERS')}`);
  });
});

describe('what cannot be told', () => {
  test.each([
    ['nothing', ' \n', 'the source is empty', /It reads a JDBC URL/],
    ['prose', 'Please connect to the claims database', 'cannot tell what the source holds', /It reads a JDBC URL/],
    [
      'JSON of something else',
      '{"name":"x","private":true}',
      'cannot tell what the source holds',
      /It reads a JDBC URL/,
    ],
    ['broken JSON', '{"url": "Tr0ub4dor', 'the source begins like JSON and cannot be read as JSON', /It reads/],
    ['a bundle in YAML', 'resources:\n  jobs: {}\n', 'cannot tell what the source holds', /--output json/],
    ['a broken escape', 'bootstrap.servers=\\u12g4', 'the source: line 1: malformed \\uxxxx encoding', /It reads/],
  ])('%s is an error with what could be read', (_, content, message, hint) => {
    expect(() => draftOf(content, 'the source')).toThrow(
      expect.objectContaining({ name: 'PreflightError', message, hint: expect.stringMatching(hint) }),
    );
  });
});
