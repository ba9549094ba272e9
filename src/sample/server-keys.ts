import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';

const LOOKUP_MS = 3_000;

/**
 * How a server is known to the limits: its resolved address and port, so that two names of one server share one limit. A name that does
 * not resolve is its own key; the attempts will say what is wrong with it. Each name is looked up once a run.
 */
export function serverKeys(): (server: string) => Promise<string> {
  const keys = new Map<string, Promise<string>>();
  return (server) => {
    const known = keys.get(server) ?? keyOf(server);
    keys.set(server, known);
    return known;
  };
}

async function keyOf(server: string): Promise<string> {
  const [, host, port] = /^\[?(.*?)\]?:(\d+)$/.exec(server) ?? [];
  if (host === undefined || port === undefined || isIP(host) !== 0) return server;
  let cancel = () => {};
  const late = new Promise<null>((done) => {
    const timer = setTimeout(() => done(null), LOOKUP_MS);
    cancel = () => clearTimeout(timer);
  });
  const found = await Promise.race([lookup(host, { order: 'ipv4first' }).catch(() => null), late]);
  cancel();
  if (found === null) return server;
  return `${found.family === 6 ? `[${found.address}]` : found.address}:${port}`;
}
