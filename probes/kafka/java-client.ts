import { JaasError, parseJaas, simpleName } from '../../src/formats/jaas.ts';
import { type Problem, type Properties, readers } from './properties.ts';

// What the Java client would do with its properties (org.apache.kafka.clients: CommonClientConfigs, ConsumerConfig, SaslConfigs, SslConfigs),
// as far as a connection shows it.

export type Broker = { readonly host: string; readonly port: number };

export const SECURITY_PROTOCOLS = ['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL'] as const;

export type Sasl = {
  readonly mechanism: string;
  /** Null where this client does not speak the mechanism: the handshake alone is tried. */
  readonly credentials: { readonly username: string; readonly password: string } | null;
};

export type JavaClient = {
  readonly bootstrap: readonly Broker[];
  readonly usesTls: boolean;
  readonly sasl: Sasl | null;
  /** `ssl.endpoint.identification.algorithm`, which "" turns off. */
  readonly verifiesHostName: boolean;
  readonly tlsVersions: readonly string[];
  readonly requestTimeoutMs: number | null;
  readonly connectTimeoutMs: number | null;
  readonly sessionTimeoutMs: number;
  readonly heartbeatIntervalMs: number;
  readonly maxPollIntervalMs: number;
};

const MECHANISMS: Readonly<Record<string, readonly string[]>> = {
  PLAIN: ['PlainLoginModule'],
  'SCRAM-SHA-256': ['ScramLoginModule'],
  'SCRAM-SHA-512': ['ScramLoginModule'],
};

export type Reading = { readonly client: JavaClient } | { readonly problems: readonly Problem[] };

export function readJavaClient(properties: Properties): Reading {
  const problems: Problem[] = [];
  const { text, number, oneOf } = readers(properties, problems);
  const protocol = oneOf('security.protocol', SECURITY_PROTOCOLS, 'PLAINTEXT');
  const client: JavaClient = {
    bootstrap: brokersIn(text('bootstrap.servers'), problems),
    usesTls: protocol.endsWith('SSL'),
    sasl: protocol.startsWith('SASL')
      ? saslOf(text('sasl.mechanism') ?? 'GSSAPI', text('sasl.jaas.config'), problems)
      : null,
    verifiesHostName: (text('ssl.endpoint.identification.algorithm') ?? 'https') !== '',
    tlsVersions: (text('ssl.enabled.protocols') ?? 'TLSv1.2,TLSv1.3').split(',').map((version) => version.trim()),
    requestTimeoutMs: number('request.timeout.ms'),
    connectTimeoutMs: number('socket.connection.setup.timeout.ms'),
    sessionTimeoutMs: number('session.timeout.ms') ?? 45_000,
    heartbeatIntervalMs: number('heartbeat.interval.ms') ?? 3_000,
    maxPollIntervalMs: number('max.poll.interval.ms') ?? 300_000,
  };
  return problems.length > 0 ? { problems } : { client };
}

/** ClientUtils.parseAndValidateAddresses: host:port, IPv6 in brackets, optionally behind a protocol. */
function brokersIn(text: string | null, problems: Problem[]): readonly Broker[] {
  const servers = (text ?? '')
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');
  if (servers.length === 0) problems.push({ key: 'bootstrap.servers', message: 'is missing; expected host:port, …' });
  return servers.flatMap((server) => {
    const [, host = '', port = ''] = /^(?:[A-Z_]+:\/\/)?\[?([0-9a-zA-Z\-%._:]*?)\]?:(\d{1,5})$/.exec(server) ?? [];
    if (host !== '' && Number(port) > 0 && Number(port) < 65_536) return [{ host, port: Number(port) }];
    problems.push({ key: 'bootstrap.servers', message: `"${server}" is not host:port` });
    return [];
  });
}

function saslOf(mechanism: string, jaas: string | null, problems: Problem[]): Sasl {
  const modules = MECHANISMS[mechanism];
  if (modules === undefined) return { mechanism, credentials: null };
  const refuse = (message: string): Sasl => {
    problems.push({ key: 'sasl.jaas.config', message });
    return { mechanism, credentials: null };
  };
  if (jaas === null) return refuse(`is missing; ${mechanism} needs ${modules.join(' or ')} with username and password`);
  try {
    const entry = parseJaas(jaas);
    const { username, password } = entry.options;
    if (!modules.includes(simpleName(entry)))
      return refuse(`names ${simpleName(entry)}; ${mechanism} needs ${modules.join(' or ')}`);
    if (username === undefined || password === undefined) return refuse('needs username="…" and password="…"');
    return { mechanism, credentials: { username, password } };
  } catch (error) {
    if (error instanceof JaasError) return refuse(error.message);
    throw error;
  }
}
