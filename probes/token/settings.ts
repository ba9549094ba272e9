import { BlockList, isIP } from 'node:net';
import { z } from 'zod';
import { certificatesProblem } from '../../src/formats/pem.ts';
import { fileValued, path, secret } from '../../src/model/settings.ts';

const clientCredentials = z.strictObject({
  type: z.literal('client-credentials'),
  tokenUrl: z.string().refine(isTokenUrl, 'expected an https URL without user and fragment (RFC 6749 3.2)'),
  clientId: z.string().min(1),
  clientSecret: secret(),
  scope: z.string().min(1).optional(),
  audience: z.string().min(1).optional(),
  /** How the client authenticates: HTTP Basic, or in the form (RFC 6749 2.3.1). */
  auth: z.enum(['basic', 'post']).default('basic'),
  /** Authorities to trust in place of the built-in ones. */
  ca: fileValued()
    .optional()
    .superRefine((given, issues) => {
      const problem = given === undefined ? null : certificatesProblem(given.text);
      if (problem !== null) issues.addIssue({ code: 'custom', message: problem });
    }),
});

const file = z.strictObject({ type: z.literal('file'), path: path() });
const env = z.strictObject({ type: z.literal('env'), name: z.string().min(1) });
/** Handed over by whoever starts the run, such as the token that a platform gave the task: a reference, and never the token itself. */
const value = z.strictObject({ type: z.literal('value'), value: secret() });

export const settings = z.strictObject({ source: z.discriminatedUnion('type', [clientCredentials, file, env, value]) });

export type TokenSettings = z.infer<typeof settings>;
export type ClientCredentials = z.infer<typeof clientCredentials>;

/** Plain HTTP would show the secret to the network; on the loopback there is none. */
function isTokenUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  if (url.username !== '' || url.password !== '' || url.hash !== '') return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(hostOf(url)));
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8);
loopback.addAddress('::1', 'ipv6');

const isLoopback = (host: string): boolean =>
  host === 'localhost' || (isIP(host) !== 0 && loopback.check(host, isIP(host) === 6 ? 'ipv6' : 'ipv4'));

/** The host without the brackets that a URL puts around an IPv6 address. */
export const hostOf = (url: URL): string => url.hostname.replace(/^\[(.*)\]$/, '$1');

export const portOf = (url: URL): number => Number(url.port || (url.protocol === 'https:' ? 443 : 80));
