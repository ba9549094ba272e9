import { describe, expect, test } from 'vitest';
import { mintAuthority } from '../../../../fixtures/kit/pki.ts';
import { kafka } from '../../../../probes/kafka/probe.ts';
import { seal } from '../../../../src/model/probe.ts';
import { FileValue } from '../../../../src/model/settings.ts';
import { jaas, PASSWORD } from './cluster.ts';

const bind = (settings: unknown) => seal(kafka).bind(settings);

function describeOf(properties: Readonly<Record<string, unknown>>, extra: object = {}) {
  const bound = bind({ mode: 'consumer-group', topic: 'claims', properties, ...extra });
  if ('issues' in bound) throw new Error(JSON.stringify(bound.issues));
  return bound.bound;
}

const issuesOf = (settings: unknown) => {
  const bound = bind(settings);
  return 'issues' in bound ? bound.issues.map(({ path, message }) => `${path.join('/')}: ${message}`) : [];
};

const SASL_SSL = {
  'bootstrap.servers': 'kafka-1.internal:9093,kafka-0.internal:9093',
  'security.protocol': 'SASL_SSL',
  'sasl.mechanism': 'SCRAM-SHA-512',
  'sasl.jaas.config': jaas('Scram'),
};

describe('the description of a target', () => {
  test('has the account at its cluster, whichever server is named first, and never the password', () => {
    const described = describeOf(SASL_SSL);
    expect(described.endpoint).toBe('kafka-1.internal:9093,kafka-0.internal:9093');
    expect(described.footprint.identity).toBe('svc_claims@kafka-0.internal:9093');
    const { secrets, load: _, ...shown } = described;
    expect(secrets).toEqual([PASSWORD, jaas('Scram')]);
    expect(JSON.stringify(shown)).not.toContain(PASSWORD);
  });

  test('states what an attempt costs a server, with and without a group', () => {
    expect(describeOf(SASL_SSL).footprint.servers).toMatchObject([
      { address: 'kafka-1.internal:9093', connections: 3, logins: 3, joins: 1, commits: 1 },
      { address: 'kafka-0.internal:9093', connections: 3, logins: 3, joins: 1, commits: 1 },
    ]);
    const reads = describeOf({ 'bootstrap.servers': 'k:9092' }, { mode: 'spark' });
    expect(reads.footprint).toMatchObject({
      identity: null,
      servers: [{ connections: 2, logins: 0, joins: 0, commits: 0 }],
    });
    expect(reads.parts).toEqual([]);
    expect(describeOf(SASL_SSL).parts).toEqual(['join']);
  });

  test('asks for the ACLs that it needs', () => {
    const [firewall, topic, group] = describeOf(SASL_SSL).privileges;
    expect(firewall).toContain('every broker that they advertise');
    expect(topic).toMatch(/--allow-principal 'User:svc_claims' --operation Read --topic claims$/);
    expect(group).toMatch(
      /--operation Read --operation Delete --group preflight-probe- --resource-pattern-type prefixed$/,
    );
    expect(describeOf(SASL_SSL, { mode: 'spark' }).privileges).toHaveLength(2);
  });

  test('takes its deadlines from the client’s own timeouts, and a join keeps its own', () => {
    const timeouts = { 'request.timeout.ms': '20000', 'socket.connection.setup.timeout.ms': 5_000 };
    expect(describeOf({ ...SASL_SSL, ...timeouts }).deadlinesMs).toEqual({
      connect: 5_000,
      negotiate: 20_000,
      authenticate: 20_000,
      request: 20_000,
    });
    expect(describeOf(SASL_SSL).deadlinesMs).toEqual({});
  });

  test.each(['GSSAPI', 'OAUTHBEARER', 'AWS_MSK_IAM'])('says that %s cannot be tried to its end', (mechanism) => {
    const described = describeOf({ ...SASL_SSL, 'sasl.mechanism': mechanism });
    expect(described.untestable).toContain(mechanism);
    expect(described.footprint.identity).toBeNull();
  });

  test('takes GSSAPI where no mechanism is named, as Java does', () => {
    const { 'sasl.mechanism': _, ...unnamed } = SASL_SSL;
    expect(describeOf(unnamed).untestable).toContain('GSSAPI');
  });
});

describe('what differs from the Java client is said', () => {
  const differences = (extra: object, target: object = {}) =>
    describeOf({ ...SASL_SSL, ...extra }, target).differences.join('\n');

  test.each([
    ['group.instance.id', 'claims-1', /group\.instance\.id=claims-1/],
    ['group.protocol', 'consumer', /KIP-848/],
    ['partition.assignment.strategy', 'org.apache.kafka.clients.consumer.StickyAssignor', /StickyAssignor is not run/],
    ['client.dns.lookup', 'resolve_canonical_bootstrap_servers_only', /all addresses of a name/],
    ['connections.max.idle.ms', '540000', /540000/],
    ['ssl.cipher.suites', 'TLS_AES_256_GCM_SHA384', /ssl\.cipher\.suites/],
  ])('%s', (key, value, expected) => {
    expect(differences({ [key]: value })).toMatch(expected);
    expect(differences({})).not.toMatch(expected);
  });

  test('the roots of Node, unless authorities are given', () => {
    expect(differences({})).toContain('cacerts');
    expect(differences({ 'ssl.truststore.location': '/etc/trust.p12' })).not.toContain('cacerts');
    const ca = new FileValue(Buffer.from(mintAuthority('ca').certPem), 'inline');
    expect(differences({}, { ca })).not.toContain('cacerts');
  });

  test('what makes no difference to a connection is not', () => {
    expect(
      differences({ 'auto.offset.reset': 'latest', 'max.poll.records': 500, 'client.dns.lookup': 'use_all_dns_ips' }),
    ).toBe(differences({}));
  });
});

describe('settings that cannot work are refused with their place', () => {
  const withProperties = (properties: object) => ({ mode: 'spark', topic: 'claims', properties });

  test.each([
    [{ topic: 'claims', properties: {} }, /^mode: /],
    [{ mode: 'spark', topic: 'claims' }, /^properties: is missing/],
    [withProperties({}), /^properties\/bootstrap\.servers: is missing/],
    [withProperties({ 'bootstrap.servers': 'kafka' }), /"kafka" is not host:port/],
    [withProperties({ 'bootstrap.servers': 'kafka:99999' }), /is not host:port/],
    [
      withProperties({ 'bootstrap.servers': 'k:1', 'security.protocol': 'TLS' }),
      /^properties\/security\.protocol: expected one of/,
    ],
    [
      withProperties({ 'bootstrap.servers': 'k:1', 'request.timeout.ms': '30s' }),
      /^properties\/request\.timeout\.ms: expected a number/,
    ],
    [
      withProperties({ 'bootstrap.servers': 'k:1', 'security.protocol': 'SASL_SSL', 'sasl.mechanism': 'PLAIN' }),
      /^properties\/sasl\.jaas\.config: is missing; PLAIN needs PlainLoginModule/,
    ],
    [
      withProperties({ ...SASL_SSL, 'sasl.jaas.config': jaas('Plain') }),
      /names PlainLoginModule; SCRAM-SHA-512 needs Scram/,
    ],
    [
      withProperties({ ...SASL_SSL, 'sasl.jaas.config': 'x.ScramLoginModule required username="u";' }),
      /needs username="…" and/,
    ],
    [withProperties({ ...SASL_SSL, 'sasl.jaas.config': 'ScramLoginModule required username="u"' }), /semicolon/],
    [{ ...withProperties(SASL_SSL), group: 'g' }, /^: Unrecognized key/],
  ])('%#', (settings, expected) => {
    expect(issuesOf(settings)).toEqual([expect.stringMatching(expected)]);
  });

  test('a broken file is named with its line, and a wrong property in it with the file', () => {
    const file = (text: string) => new FileValue(Buffer.from(text, 'latin1'), 'client.properties');
    const settings = (text: string) => ({ mode: 'spark', topic: 'claims', propertiesFile: file(text) });
    expect(issuesOf(settings('a=1\nb=\\u00g'))).toEqual([expect.stringMatching(/^propertiesFile: line 2: malformed/)]);
    expect(issuesOf(settings('bootstrap.servers=k'))).toEqual([
      expect.stringMatching(/^propertiesFile: bootstrap\.servers "k" is not/),
    ]);
  });
});

describe('the properties', () => {
  test('may come from a file, with some of them written beside it', () => {
    const propertiesFile = new FileValue(
      Buffer.from('bootstrap.servers = a:1, \\\n  b:2\nsecurity.protocol=SSL'),
      'c.properties',
    );
    const described = describeOf({ 'security.protocol': 'PLAINTEXT' }, { propertiesFile });
    expect(described.endpoint).toBe('a:1,b:2');
    expect(described.differences.join()).not.toContain('cacerts');
  });

  test('may be the options of Spark, with their prefix', () => {
    expect(describeOf({ 'kafka.bootstrap.servers': 'a:1' }, { mode: 'spark' }).endpoint).toBe('a:1');
  });

  test('may name servers by IPv6 address, and numbers and switches without quotes', () => {
    const described = describeOf({
      'bootstrap.servers': '[2001:db8::1]:9092',
      'request.timeout.ms': 20_000,
      'enable.auto.commit': false,
    });
    expect(described.endpoint).toBe('[2001:db8::1]:9092');
  });

  test('may have a login module in a vendor’s package', () => {
    const vendor = { ...SASL_SSL, 'sasl.jaas.config': `kafkashaded.${jaas('Scram')}` };
    expect(describeOf(vendor).footprint.identity).toBe('svc_claims@kafka-0.internal:9093');
  });
});
