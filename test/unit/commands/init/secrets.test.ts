import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { initialized, load, SPARK_KAFKA, task, URL } from './sources.ts';

describe('a secret', () => {
  test('that is also the user, the database or a topic is copied from nowhere', () => {
    expect(initialized('jdbc:sqlserver://sql;user=Tr0ub4dor;password=Tr0ub4dor;database=Tr0ub4dor').text).not.toMatch(
      /tr0ub4dor/i,
    );
    expect(initialized(SPARK_KAFKA.replaceAll('claims', 'Tr0ub4dor&3')).text).not.toMatch(/tr0ub4dor/i);
  });

  const job = (parameter: string) =>
    JSON.stringify({ tasks: [task('a', { spark_python_task: { python_file: 'a.py', parameters: [parameter] } })] });

  test.each([
    ['behind a value', 'jdbc:sqlserver://sql;database=Claims --password=Tr0ub4dor'],
    ['behind the URL of a parameter', job('--url=jdbc:sqlserver://sql;database=Claims -u sa Tr0ub4dor')],
    [
      'in a value that the probe refuses',
      `{"a": {"url": "${URL}"}, "b": {"bootstrap.servers": "sa:Tr0ub4dor@k:9092"}}`,
    ],
  ])('%s is not copied', (_, source) => {
    expect(initialized(source).text).not.toContain('Tr0ub4dor');
  });

  const password = fc.string({ minLength: 8, maxLength: 24 }).filter((text) => text.trim() === text);
  const ways: readonly ((password: string) => string)[] = [
    (secret) => `${URL};user=svc;password={${secret.replaceAll('}', '}}')}}`,
    (secret) => JSON.stringify({ url: URL, user: 'svc', password: secret, sessionInitStatement: secret }),
    (secret) => `bootstrap.servers=k:9092\nssl.key.password=${secret.replaceAll('\\', '\\\\')}\n`,
    (secret) =>
      JSON.stringify({
        'kafka.bootstrap.servers': 'k:9092',
        'kafka.security.protocol': 'SASL_SSL',
        'kafka.sasl.mechanism': 'PLAIN',
        'kafka.sasl.jaas.config': `x.PlainLoginModule required username="svc" password="${secret.replace(/["\\]/g, '\\$&')}";`,
      }),
  ];
  test('never comes through, whatever its signs, and what is written loads', () => {
    fc.assert(
      fc.property(password, fc.constantFrom(...ways), (secret, way) => {
        const { text } = initialized(way(secret));
        load(text, 'offline');
        // eight signs of a random text may well be our own words: `password`
        if (!initialized(way('another-one')).text.includes(secret)) expect(text).not.toContain(secret);
      }),
    );
  });
});
