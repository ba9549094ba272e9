import { fails, HEALTHY, judged, passes, type Row, UNANSWERED } from '../row.ts';

export type StorageRow = Row & {
  /** What is handed over by: a folder, or Azurite without and with TLS. */
  readonly on?: 'folder' | 'container' | 'secured container';
  readonly folder?: 'missing' | 'file';
  readonly isContainerMissing?: boolean;
  readonly isWrongKey?: boolean;
  /** What a shared access signature allows, in place of the key. */
  readonly sas?: string;
  /** A canary that another context has left there. */
  readonly left?: 'whole' | 'cut' | 'altered';
  /** It is one of an earlier run of the context that tries it. */
  readonly isOwn?: boolean;
  /** TLS is spoken to a server that speaks none, or its authority is not trusted. */
  readonly tls?: 'to plaintext' | 'untrusted';
  /** Another target of the same account, tried before this one with a wrong key too. */
  readonly isSecondOfIdentity?: boolean;
};

const CONTAINER = { on: 'container' } as const;
const SECURED = { on: 'secured container' } as const;

export const STORAGE: readonly StorageRow[] = [
  passes(HEALTHY, {}),
  passes('nothing is wrong with the container', CONTAINER),
  passes('nothing is wrong, over TLS', SECURED),
  passes('signature that may do what it must', { ...CONTAINER, sas: 'rcwdl' }),
  passes('another context has left a canary', { left: 'whole' }),
  passes('another context has left a canary in the container', { ...CONTAINER, left: 'whole' }),

  fails(UNANSWERED, 'connect', 'connect-timeout', { ...CONTAINER, where: 'unanswered' }),
  fails('nothing listens', 'connect', 'connection-refused', { ...CONTAINER, where: 'closed' }),
  fails('no such name', 'resolve', 'name-not-found', { ...CONTAINER, where: 'no-such-name' }),
  fails('TLS to plaintext', 'tls', 'not-tls', { ...CONTAINER, tls: 'to plaintext' }),
  fails('untrusted issuer', 'tls', 'issuer-not-trusted', { ...SECURED, tls: 'untrusted' }),

  fails('folder missing', 'request', 'storage-not-found', { folder: 'missing' }),
  fails('file in place of the folder', 'request', 'storage-not-found', { folder: 'file' }),
  fails('container missing', 'request', 'storage-not-found', { ...CONTAINER, isContainerMissing: true }),
  judged('does not tell whom it sees', 'inconclusive', 'egress-not-seen', {
    ...CONTAINER,
    target: { firewallAllows: ['127.0.0.0/8'] },
  }),
  fails('wrong key', 'request', 'login-rejected', { ...CONTAINER, isWrongKey: true }),
  judged('the same account was refused elsewhere', 'inconclusive', 'identity-rejected-elsewhere', {
    ...CONTAINER,
    isWrongKey: true,
    isSecondOfIdentity: true,
  }),
  fails('signature that may not write', 'request', 'not-authorized', { ...CONTAINER, sas: 'rl' }),
  judged('signature that may not delete', 'warn', 'storage-canaries-left', {
    ...CONTAINER,
    sas: 'rcwl',
    left: 'whole',
    isOwn: true,
  }),

  judged('canary of another context altered', 'fail', 'storage-canary-altered', { left: 'altered' }),
  judged('canary of another context cut short', 'fail', 'storage-canary-altered', { left: 'cut' }),
  judged('canary of another context altered in the container', 'fail', 'storage-canary-altered', {
    ...CONTAINER,
    left: 'altered',
  }),
];
