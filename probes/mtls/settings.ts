import { z } from 'zod';
import { certificatesProblem, keyProblem } from '../../src/formats/pem.ts';
import { type FileValue, fileValued, secret } from '../../src/model/settings.ts';

const keystore = () =>
  z.strictObject({
    path: fileValued(),
    type: z.enum(['PKCS12', 'JKS', 'PEM']).optional(),
    password: secret().optional(),
    alias: z.string().min(1).optional(),
  });

const clientCertificate = z
  .strictObject({
    cert: fileValued().optional(),
    key: fileValued().optional(),
    passphrase: secret().optional(),
    keystore: keystore().optional(),
  })
  .superRefine((given, issues) => {
    const { cert, key, passphrase } = given;
    const refuse = (path: string[], message: string) => issues.addIssue({ code: 'custom', path, message });
    if (given.keystore !== undefined) {
      if (cert ?? key ?? passphrase) refuse([], 'takes cert and key, or a keystore, not both');
      return;
    }
    if (cert === undefined) refuse(['cert'], 'is missing');
    if (key === undefined) refuse(['key'], 'is missing');
    const certProblem = cert === undefined ? null : certificatesProblem(cert.text);
    if (certProblem !== null) refuse(['cert'], certProblem);
    if (cert === undefined || key === undefined || certProblem !== null) return;
    const problem = keyProblem(key.text, passphrase, cert.text);
    if (problem !== null) refuse(['key'], problem);
  });

/** RFC 9110 5.6.2. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** What frames the message is the client's own affair. */
const FRAMING: ReadonlySet<string> = new Set([
  'host',
  'connection',
  'keep-alive',
  'content-length',
  'transfer-encoding',
  'upgrade',
  'expect',
]);

export const settings = z
  .strictObject({
    url: z
      .url({ protocol: /^https$/, error: 'expected an https URL' })
      .refine(hasNoUser, 'put a user and a password into headers.Authorization'),
    clientCertificate: clientCertificate.optional(),
    keystore: keystore().optional(),
    ca: fileValued().optional(),
    truststore: keystore().omit({ alias: true }).optional(),
    /** Where the certificate carries another name than the URL. */
    serverName: z.string().min(1).optional(),
    method: z.enum(['GET', 'HEAD']).default('GET'),
    headers: z.record(z.string(), secret()).default({}),
  })
  .superRefine((given, issues) => {
    const refuse = (path: string[], message: string) => issues.addIssue({ code: 'custom', path, message });
    if (given.clientCertificate !== undefined && given.keystore !== undefined)
      refuse(['keystore'], 'takes the place of clientCertificate: give one of them');
    if (given.ca !== undefined && given.truststore !== undefined)
      refuse(['truststore'], 'takes the place of ca: give one of them');
    for (const name of Object.keys(given.headers)) {
      if (!HEADER_NAME.test(name)) refuse(['headers', name], 'is not the name of a header');
      if (FRAMING.has(name.toLowerCase())) refuse(['headers', name], 'is set by the client itself');
    }
    const problem = given.ca === undefined ? null : certificatesProblem(given.ca.text);
    if (problem !== null) refuse(['ca'], problem);
  });

export type MtlsSettings = z.infer<typeof settings>;
export type Keystore = z.infer<ReturnType<typeof keystore>>;

/** The client's own certificate as it was written: PEM, a keystore, or none. */
export type OwnCertificate =
  | { readonly form: 'pem'; readonly cert: FileValue; readonly key: FileValue; readonly passphrase: string | undefined }
  | { readonly form: 'keystore'; readonly keystore: Keystore }
  | { readonly form: 'none' };

export function ownCertificate({ clientCertificate, keystore }: MtlsSettings): OwnCertificate {
  const store = keystore ?? clientCertificate?.keystore;
  if (store !== undefined) return { form: 'keystore', keystore: store };
  if (clientCertificate?.cert === undefined || clientCertificate.key === undefined) return { form: 'none' };
  const { cert, key, passphrase } = clientCertificate;
  return { form: 'pem', cert, key, passphrase };
}

export function authorizationOf({ headers }: Pick<MtlsSettings, 'headers'>): string | null {
  const name = Object.keys(headers).find((each) => each.toLowerCase() === 'authorization');
  return name === undefined ? null : (headers[name] ?? null);
}

function hasNoUser(url: string): boolean {
  if (!URL.canParse(url)) return true;
  const { username, password } = new URL(url);
  return username === '' && password === '';
}

/** The host without the brackets that a URL puts around an IPv6 address. */
export const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '');
export const portOf = (url: URL): number => Number(url.port || 443);
