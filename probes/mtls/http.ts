import type { TLSSocket } from 'node:tls';
import type { AttemptHandle } from '../../src/model/probe.ts';
import { type HttpRequest, openHttp } from '../../src/net/http.ts';
import { refusalIn } from './causes.ts';
import type { MtlsSettings } from './settings.ts';

/** So much of a body is searched for a known sentence, then dropped. */
const MOST_BODY_BYTES = 64 * 1_024;

export type Answer = { readonly status: number; readonly body: string };

/** Asks the API, over this one connection; an end of the connection that is a refusal of our certificate is thrown as one. */
export type Ask = (signal: AbortSignal) => Promise<Answer>;

export function openApi(
  at: AttemptHandle,
  secured: TLSSocket,
  settings: MtlsSettings,
  of: { readonly certificatePem: string | null; readonly rest: 'unread' | 'dropped' },
): Ask {
  const url = new URL(settings.url);
  const http = openHttp(at, secured, url.origin);
  // RFC 8446 4.6.1: a ticket follows upon the client's Finished, so that a server that sends one has passed its certificate.
  let accepted = secured.getProtocol() !== 'TLSv1.3';
  secured.once('session', () => {
    accepted = true;
  });
  const request: HttpRequest<Answer> = {
    url,
    method: settings.method,
    headers: settings.headers,
    mostBodyBytes: MOST_BODY_BYTES,
    rest: of.rest,
    read({ status, body }) {
      accepted = true;
      return { status, body };
    },
  };
  return async (signal) => {
    try {
      return await http.send(request, signal);
    } catch (error) {
      throw refusalIn(error, !accepted, of.certificatePem) ?? error;
    }
  };
}
