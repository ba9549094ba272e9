import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { PreflightError } from '../../model/preflight-error.ts';
import type { Io } from '../io.ts';

const REFERENCE = /^\$\{(env|file):([^{}]+)\}$/;

const READABLE = `Name a file that is there and that this user may read, or a variable: --key '\${env:NAME}'.`;

/** The PEM text that `--key` names: a file, or a reference as the configuration has them. */
export function keyText(flag: string | undefined, io: Io): { readonly pem: string; readonly shown: string } {
  if (flag === undefined || flag === '') {
    throw new PreflightError('ERR_KEY_MISSING', 'no key was named', `Name it: --key FILE, or --key '\${env:NAME}'.`);
  }
  if (flag.includes('-----BEGIN')) {
    throw new PreflightError(
      'ERR_KEY',
      '--key takes the name of a key and not the key',
      `A command line can be seen by others on this machine: put it into a file, or name a variable with \${env:NAME}.`,
    );
  }
  const [, kind = 'file', name = flag] = REFERENCE.exec(flag) ?? [];
  return { pem: kind === 'env' ? fromEnvironment(name, io) : fromFile(name, io), shown: flag };
}

function fromEnvironment(name: string, { env }: Io): string {
  const pem = env[name];
  if (pem !== undefined && pem !== '') return pem;
  throw new PreflightError(
    'ERR_KEY',
    `the environment variable ${name} is ${pem === undefined ? 'not set' : 'empty'}`,
    'Put the key into it, in PEM form, or name a file: --key FILE.',
  );
}

function fromFile(path: string, { cwd }: Io): string {
  try {
    return readFileSync(resolve(cwd, path), 'utf8');
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new PreflightError('ERR_KEY', `the key ${path} cannot be read (${why})`, READABLE, { cause: error });
  }
}
