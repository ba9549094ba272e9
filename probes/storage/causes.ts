import type { Cause } from '../../src/model/causes.ts';
import type { Classified } from '../../src/model/probe.ts';
import type { StageName } from '../../src/model/stages.ts';
import { codeOf, detailOf } from '../../src/net/causes.ts';
import { classifyHttpError } from '../../src/net/http.ts';
import { AZURE_CAUSES, FILE_CAUSES, S3_CAUSES } from './codes.ts';
import type { Place } from './settings.ts';

export type Operation = 'write' | 'read' | 'list' | 'delete';

/** The storage answered, and did not do what it was asked. */
export class StorageRefused extends Error {
  override readonly name = 'StorageRefused';
  readonly refusal: Cause;
  readonly code: string | null;
  /** Of HTTP. */
  readonly status: number | null;
  constructor(
    refusal: Cause,
    message: string,
    told: { readonly code: string | null; readonly status?: number; readonly cause?: unknown },
  ) {
    super(message, { cause: told.cause });
    this.refusal = refusal;
    this.code = told.code;
    this.status = told.status ?? null;
  }
}

export const isMissing = (error: unknown): boolean => codeOf(error) === 'ENOENT';

/** Names what a storage, or its client library, said; what came of the network is thrown on as it is. */
export function refusedBy(kind: Place['kind'], operation: Operation): (error: unknown) => never {
  return (error) => {
    const refused = kind === 'path' ? refusedFile(error, operation) : refusedRequest(error, operation);
    throw refused ?? error;
  };
}

function refusedFile(error: unknown, operation: Operation): StorageRefused | null {
  const code = codeOf(error);
  const refusal = code === null ? undefined : FILE_CAUSES[code];
  if (refusal === undefined) return null;
  // what follows is the path, with the name of this run's canary
  const [text = code] = detailOf(error).split(', ', 1);
  return new StorageRefused(refusal, `${operation}: ${text}`, { code, cause: error });
}

function refusedRequest(error: unknown, operation: Operation): StorageRefused | null {
  const answer = answerIn(error);
  if (answer === null) return null;
  const { code, status, text } = answer;
  const message = `${operation}: ${[`HTTP ${status}`, code, text].filter((part) => part !== null).join(' ')}`;
  return new StorageRefused(refusalOf(answer), message, { code, status, cause: error });
}

type Answer = { readonly code: string | null; readonly status: number; readonly text: string | null };

/** The answer that an error of one of the two libraries is made of; null for all that is none. */
function answerIn(error: unknown): Answer | null {
  if (!(error instanceof Error)) return null;
  const status = s3StatusOf(error) ?? azureStatusOf(error);
  if (status === null) return null;
  const code = 'code' in error ? error.code : error.name;
  return {
    status,
    // some answers have no body to take a code from
    code: typeof code === 'string' && /^[A-Z][\w.]{2,80}$/.test(code) && !NO_CODES.has(code) ? code : null,
    // the rest are ids and times
    text: error.message.split('\n', 1)[0]?.trim() || null,
  };
}

const NO_CODES: ReadonlySet<string> = new Set(['Error', 'RestError', 'SyntaxError', 'UnknownError', 'Unknown']);

function s3StatusOf(error: Error): number | null {
  if (!('$metadata' in error) || typeof error.$metadata !== 'object' || error.$metadata === null) return null;
  const metadata = error.$metadata;
  return 'httpStatusCode' in metadata && typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : null;
}

const azureStatusOf = (error: Error): number | null =>
  'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : null;

function refusalOf({ code, status, text }: Answer): Cause {
  // Azurite has this code for a wrong key, for which Azure itself has AuthenticationFailed; the sentence is the same.
  if (code === 'AuthorizationFailure' && text?.startsWith('Server failed to authenticate the request') === true)
    return 'login-rejected';
  const told = code === null ? undefined : (S3_CAUSES[code] ?? AZURE_CAUSES[code]);
  if (told !== undefined) return told;
  if (status < 300) return 'protocol-violation';
  if (status < 400) return 'storage-elsewhere';
  if (status === 401) return 'login-rejected';
  if (status === 403) return 'not-authorized';
  if (status === 404 && code === null) return 'storage-not-found';
  if (status === 429) return 'throttled';
  return status >= 500 ? 'server-error' : 'unclassified';
}

export function classify(error: unknown, stage: StageName): Classified | 'defect' {
  if (error instanceof StorageRefused)
    return { cause: error.refusal, code: error.code, number: error.status, detail: detailOf(error) };
  return classifyHttpError(error, stage);
}
