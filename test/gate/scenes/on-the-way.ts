import { startRelay } from '../../../fixtures/kit/relay.ts';
import type { Bench, Endpoint } from '../bench.ts';

const FORGETS_AFTER_MS = 1_500;

/** The server itself, or a device before it that forgets idle flows. */
export async function onTheWay(
  server: Endpoint,
  forgets: 'silent' | 'reset' | undefined,
  bench: Bench,
): Promise<Endpoint> {
  if (forgets === undefined) return server;
  const to = { host: server.host, port: server.port };
  return bench.keep(startRelay({ to, from: ['127.0.0.1'], forgetIdleAfterMs: FORGETS_AFTER_MS, onForget: forgets }));
}
