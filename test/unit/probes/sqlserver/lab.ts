import { mintAuthority } from '../../../../fixtures/kit/pki.ts';
import type { TdsOptions } from '../../../../fixtures/tds/options.ts';
import { startTdsServer, type TdsServer } from '../../../../fixtures/tds/server.ts';
import { sqlserver } from '../../../../probes/sqlserver/probe.ts';
import { FileValue } from '../../../../src/model/settings.ts';
import { type Tried, type TryOptions, tryOnce } from '../../../kit/attempt.ts';

export const USER = 'svc_claims';
export const PASSWORD = 'hunter2;{=}"';

export const authority = mintAuthority('Lab authority');
export const identity = authority.issue({
  commonName: 'lab',
  altNames: ['localhost', '127.0.0.1'],
  usage: 'server',
});
export const pem = (text: string): FileValue => new FileValue(Buffer.from(text), 'ca.pem');

export const start = (options: Partial<TdsOptions> = {}): Promise<TdsServer> =>
  startTdsServer({ users: { [USER]: PASSWORD }, encryption: 'on', identity, ...options });

/** Settings for a server of the lab; `properties` end the URL. */
export const settingsFor = ({ host, port }: { host: string; port: number }, properties = '') => ({
  url: `jdbc:sqlserver://${host}:${port};${properties}`,
  user: USER,
  password: PASSWORD,
  ca: pem(authority.certPem),
});

export const attempt = (
  server: { host: string; port: number },
  properties = '',
  options: TryOptions & { readonly settings?: object } = {},
): Promise<Tried> => tryOnce(sqlserver, { ...settingsFor(server, properties), ...options.settings }, options);

/** The stages of an attempt in their order, a failed one with a "!". */
export const course = ({ stages }: Tried): string =>
  stages.map(({ stage, ok }) => `${stage}${ok ? '' : '!'}`).join(' ');
