import { describe, expect, test } from 'vitest';
import { fromEnv, initialized, load, PROPERTIES } from './sources.ts';

describe('a target of type kafka', () => {
  test('logs in as its properties say', () => {
    const { text, variables } = initialized(PROPERTIES);
    expect(variables).toEqual(['KAFKA_SSL_TRUSTSTORE_PASSWORD', 'KAFKA_PASSWORD', 'KAFKA_TOPIC']);
    const env = { KAFKA_SSL_TRUSTSTORE_PASSWORD: 'changeit-2', KAFKA_PASSWORD: 'Tr0ub4dor&3', KAFKA_TOPIC: 'claims' };
    const [target] = load(text, 'resolve', env).targets;
    expect(target?.bound?.endpoint).toBe('k1.internal:9093,k2.internal:9093');
    expect(target?.bound?.footprint.identity).toBe('svc@k1.internal:9093');
  });

  test('says by name and reason what it leaves out', () => {
    const { text } = initialized(`${PROPERTIES}basic.auth.user.info=key:Tr0ub4dor\nacme.licence=Tr0ub4dor\n`);
    expect(text).toContain('# not mapped: group.id (the probe joins a group of its own, preflight-probe-…)');
    expect(text).toContain('# not mapped: basic.auth.user.info (the schema registry is a system of its own');
    expect(text).toContain('# not mapped: acme.licence (no connection of the probe depends on it)');
    expect(text).not.toContain('Tr0ub4dor');
  });

  test('a line of the file that has no name is not shown', () => {
    expect(initialized(`${PROPERTIES}Tr0ub4dor&3\n`).text).toContain('(unreadable name)');
  });

  test('a password with a quote takes the whole login into one reference', () => {
    const { text, variables } = initialized(PROPERTIES.replace('Tr0ub4dor&3', 'Tr0\\\\"ub'));
    expect(text).toContain(`sasl.jaas.config: ${fromEnv('KAFKA_JAAS')}`);
    expect(variables).not.toContain('KAFKA_PASSWORD');
  });

  test.each([
    ['without a password, since `probe check` would open it here', 'ssl.truststore.location=/t.pem'],
    ['at a relative path, which Java starts elsewhere', 'ssl.truststore.location=t.p12\nssl.truststore.password=x'],
  ])('a store is a reference %s', (_, store) => {
    const { text } = initialized(`security.protocol=SSL\nbootstrap.servers=k:9093\n${store}`);
    expect(text).toContain(`ssl.truststore.location: ${fromEnv('KAFKA_SSL_TRUSTSTORE_LOCATION')}`);
  });

  test('a mechanism that the probe does not speak keeps its stages and loses its secrets', () => {
    const { text, variables } = initialized(
      'bootstrap.servers=k:9093\nsecurity.protocol=SASL_SSL\nsasl.mechanism=OAUTHBEARER\n' +
        'sasl.jaas.config=x.OAuthBearerLoginModule required clientId="a" clientSecret="Tr0ub4dor";',
    );
    expect(text).toContain('# this login is not spoken by the probe');
    expect(variables).toEqual(['KAFKA_TOPIC']);
    const [target] = load(text, 'resolve', { KAFKA_TOPIC: 'claims' }).targets;
    expect(target?.bound?.untestable).toContain('OAUTHBEARER');
  });

  test('the names of librdkafka become those of Java', () => {
    const { text, variables } = initialized(
      'bootstrap.servers=k:9093\nsecurity.protocol=sasl_ssl\nsasl.mechanisms=PLAIN\nsasl.username=key\nsasl.password=Tr0ub4dor\n',
    );
    expect(text).toContain('sasl.mechanism: PLAIN');
    const env = Object.fromEntries(variables.map((name) => [name, 'claims']));
    expect(load(text, 'resolve', env).targets[0]?.bound?.footprint.identity).toBe('key@k:9093');
  });

  test('a file without servers asks for them', () => {
    expect(initialized('security.protocol=SSL\nclient.id=x').variables).toEqual([
      'KAFKA_BOOTSTRAP_SERVERS',
      'KAFKA_TOPIC',
    ]);
  });

  test.each([
    ['consumer-group', 'group.id=a\nacks=all'],
    ['consumer-group', 'client.id=a'],
    ['spark', 'acks=all\nkey.serializer=x'],
  ])('is of mode %s where the file says %j', (mode, more) => {
    expect(initialized(`bootstrap.servers=k:9092\n${more}`).text).toContain(`mode: ${mode}\n`);
  });
});
