import { Buffer } from 'node:buffer';
import { type Identity, mintAuthority } from '../../../../fixtures/kit/pki.ts';
import { FileValue } from '../../../../src/model/settings.ts';

const HOUR_MS = 3_600_000;
const hoursFromNow = (hours: number) => new Date(Date.now() + hours * HOUR_MS);

export const authority = mintAuthority('Lab authority');
export const stranger = mintAuthority('Somebody else');
export const server = authority.issue({ commonName: 'api.lab', altNames: ['127.0.0.1'], usage: 'server' });
export const clients = {
  known: authority.issue({ commonName: 'probe', usage: 'client' }),
  strange: stranger.issue({ commonName: 'probe', usage: 'client' }),
  expired: authority.issue({
    commonName: 'probe',
    usage: 'client',
    notBefore: hoursFromNow(-2),
    notAfter: hoursFromNow(-1),
  }),
} satisfies Record<string, Identity>;
export type ClientName = keyof typeof clients | 'none';

export const file = (text: string) => new FileValue(Buffer.from(text), 'inline');

/** Settings of a target on the loopback, shown as this client. */
export function settingsFor(port: number, client: ClientName, more: object = {}): Record<string, unknown> {
  const shown = client === 'none' ? null : clients[client];
  return {
    url: `https://127.0.0.1:${port}/v1/ping`,
    ca: file(authority.certPem),
    ...(shown === null ? {} : { clientCertificate: { cert: file(shown.certPem), key: file(shown.keyPem) } }),
    ...more,
  };
}
