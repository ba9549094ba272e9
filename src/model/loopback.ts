import { isIPv4 } from 'node:net';

const SERVER = /^(?:\[(.+)\]|([^:]+)):\d+$/;

/** Whether `host:port` is of the loopback as it is written: 127.0.0.0/8 (RFC 1122 3.2.1.3), ::1 (RFC 4291 2.5.3), or the name localhost. */
export function isOnLoopback(server: string): boolean {
  const [, bracketed, plain] = SERVER.exec(server) ?? [];
  return bracketed === undefined ? plain !== undefined && isLoopbackHost(plain) : isLoopbackHost(bracketed);
}

/** Of an address or a name without its port. A form that only some systems take for the loopback, such as 127.1, is none. */
export const isLoopbackHost = (host: string): boolean =>
  host === '::1' || host.toLowerCase() === 'localhost' || (isIPv4(host) && host.startsWith('127.'));
