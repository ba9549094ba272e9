// The names that librdkafka has for what Java names otherwise (librdkafka CONFIGURATION.md).

const JAVA_NAMES: Readonly<Record<string, string>> = {
  'metadata.broker.list': 'bootstrap.servers',
  'sasl.mechanisms': 'sasl.mechanism',
  'ssl.key.pem': 'ssl.keystore.key',
  'ssl.certificate.pem': 'ssl.keystore.certificate.chain',
  'ssl.ca.pem': 'ssl.truststore.certificates',
};

const MODULES: Readonly<Record<string, string>> = {
  PLAIN: 'org.apache.kafka.common.security.plain.PlainLoginModule',
  'SCRAM-SHA-256': 'org.apache.kafka.common.security.scram.ScramLoginModule',
  'SCRAM-SHA-512': 'org.apache.kafka.common.security.scram.ScramLoginModule',
};

export type JavaNames = {
  readonly properties: ReadonlyMap<string, string>;
  /** `ssl.ca.location`: authorities in a PEM file. */
  readonly hasCaFile: boolean;
};

/** The same properties under their Java names; a Java name that is there already stands. */
export function javaNames(written: ReadonlyMap<string, string>): JavaNames {
  const properties = new Map<string, string>();
  for (const [key, value] of written) {
    const name = Object.hasOwn(JAVA_NAMES, key) ? (JAVA_NAMES[key] ?? key) : key;
    if (name === key || !written.has(name)) properties.set(name, value);
  }
  const hasCaFile = properties.delete('ssl.ca.location');
  const username = properties.get('sasl.username');
  const password = properties.get('sasl.password');
  const module = MODULES[properties.get('sasl.mechanism') ?? ''];
  if (username === undefined || password === undefined || module === undefined) return { properties, hasCaFile };
  properties.delete('sasl.username');
  properties.delete('sasl.password');
  if (!properties.has('sasl.jaas.config'))
    properties.set('sasl.jaas.config', `${module} required username=${quoted(username)} password=${quoted(password)};`);
  return { properties, hasCaFile };
}

const quoted = (value: string): string => `"${value.replace(/["\\]/g, '\\$&')}"`;
