import { hostPort } from '../../src/net/resolve.ts';

export type Endpoint = {
  readonly scheme: 'http' | 'https' | 'tcp';
  readonly host: string;
  readonly port: number;
  /** host:port as written. */
  readonly server: string;
  readonly url: URL;
};

const DEFAULT_PORTS = { http: 80, https: 443, tcp: null } as const;

/** `https://host/ip`, `http://host/ip` or `tcp://host:port`; null for anything else, and for a URL that carries a password. */
export function endpointOf(text: string): Endpoint | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  const scheme = url.protocol.slice(0, -1);
  if (scheme !== 'http' && scheme !== 'https' && scheme !== 'tcp') return null;
  const port = url.port === '' ? DEFAULT_PORTS[scheme] : Number(url.port);
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  if (port === null || port === 0 || host === '' || url.username !== '' || url.password !== '') return null;
  if (scheme === 'tcp' && url.pathname !== '' && url.pathname !== '/') return null;
  return { scheme, host, port, server: hostPort(host, port), url };
}
