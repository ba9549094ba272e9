import { PreflightError } from '../model/preflight-error.ts';
import { EXIT } from '../model/verdict.ts';
import type { Io } from './io.ts';
import { untilInterrupted } from './until-interrupted.ts';

export type EchoOptions = { readonly host: string; readonly http?: string; readonly tcp?: string };

/** `probe echo`: an address echo of one's own, for targets of type `egress`. */
export async function echo(options: EchoOptions, io: Io): Promise<number> {
  const { startHttpEcho, startTcpEcho } = await import('../../fixtures/echo/echo.ts');
  await using http = await startHttpEcho({ host: options.host, port: portOf(options.http ?? '8080') });
  await using tcp = await startTcpEcho({ host: options.host, port: portOf(options.tcp ?? '7000') });
  io.err(`probe: echo on http://${http.host}:${http.port}/ip and tcp://${tcp.host}:${tcp.port}. End it with Ctrl-C.\n`);
  await untilInterrupted(io);
  return EXIT.ok;
}

function portOf(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new PreflightError('ERR_PORT', `not a port: ${text}`, 'Give a number from 0 (any free port) to 65535.');
}
