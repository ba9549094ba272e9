import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { AttemptHandle } from '../model/probe.ts';

export type Address = { readonly address: string; readonly port: number };

/** host:port, with brackets around an IPv6 address (RFC 3986 3.2.2). */
export const hostPort = (host: string, port: number): string => `${host.includes(':') ? `[${host}]` : host}:${port}`;

/** Stage `resolve`: every address of the name, IPv4 first as the JVM orders them. An address literal is its own answer. */
export function resolve(at: AttemptHandle, host: string, port: number, server?: string): Promise<readonly Address[]> {
  return at.stage(
    'resolve',
    async () => {
      if (isIP(host) !== 0) return [{ address: host, port }];
      const found = await lookup(host, { all: true, order: 'ipv4first' });
      return found.map(({ address }) => ({ address, port }));
    },
    server,
  );
}
