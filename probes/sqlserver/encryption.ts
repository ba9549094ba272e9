import { ENCRYPT, type Prelogin } from './prelogin.ts';

/** What `encrypt` asks for. `login` is encrypt=false: the driver then encrypts the login alone, where the server can. */
export type Encryption = 'whole' | 'login' | 'strict';

/** What is encrypted in the end. */
export type Encrypted = 'whole' | 'login' | 'none';

/** The values that the driver takes; null for any other. */
export function encryptionOf(encrypt = 'true'): Encryption | null {
  switch (encrypt.toLowerCase()) {
    case '':
    case 'true':
    case 'mandatory':
      return 'whole';
    case 'false':
    case 'no':
    case 'optional':
      return 'login';
    case 'strict':
      return 'strict';
    default:
      return null;
  }
}

export const askedOption = (encryption: Encryption): number => {
  switch (encryption) {
    case 'whole':
      return ENCRYPT.on;
    case 'login':
      return ENCRYPT.off;
    case 'strict':
      return ENCRYPT.notSupported;
    default:
      return encryption satisfies never;
  }
};

/** Encryption was asked for, and the server answered with less. The connection must end before LOGIN7. */
export class EncryptionNotOffered extends Error {
  override readonly name = 'EncryptionNotOffered';
  constructor(answer: number) {
    super(`encrypt=true, and the server answered PRELOGIN with ${NAMES[answer] ?? `ENCRYPTION ${answer}`}`);
  }
}

const NAMES: Readonly<Record<number, string>> = {
  [ENCRYPT.off]: 'ENCRYPT_OFF',
  [ENCRYPT.on]: 'ENCRYPT_ON',
  [ENCRYPT.notSupported]: 'ENCRYPT_NOT_SUP',
  [ENCRYPT.required]: 'ENCRYPT_REQ',
};

/** The client's half of the table in [MS-TDS] 2.2.6.5: what both sides now do, within TDS 7. */
export function agree(asked: 'whole' | 'login', { encryption: answer }: Prelogin): Encrypted {
  if (answer === ENCRYPT.on || answer === ENCRYPT.required) return 'whole';
  if (asked === 'whole') throw new EncryptionNotOffered(answer);
  return answer === ENCRYPT.off ? 'login' : 'none';
}
