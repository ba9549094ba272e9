import type { Cause } from '../../src/model/causes.ts';
import type { Classified } from '../../src/model/probe.ts';
import type { StageName } from '../../src/model/stages.ts';
import { codeOf } from '../../src/net/causes.ts';
import { classifyHttpError } from '../../src/net/http.ts';

/** The token endpoint answered, and granted nothing. */
export class GrantRefused extends Error {
  override readonly name = 'GrantRefused';
  readonly status: number;
  /** `error` of RFC 6749 5.2. */
  readonly code: string | null;
  /** The identity provider's own number, such as 7000215 of Entra (AADSTS7000215). */
  readonly number: number | null;

  constructor(status: number, told: { code: string | null; number: number | null; description: string | null }) {
    super([`HTTP ${status}`, told.code, told.description].filter((part) => part !== null).join(': '));
    this.status = status;
    this.code = told.code;
    this.number = told.number;
  }
}

/** What was to be a token is none, or one that has ended. */
export class TokenUnusable extends Error {
  override readonly name = 'TokenUnusable';
  readonly reason: Extract<Cause, 'token-missing' | 'token-expired' | 'token-unreadable' | 'protocol-violation'>;
  constructor(reason: TokenUnusable['reason'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

/** RFC 6749 5.2, and 4.1.2.1 for what some answer here too. */
const OAUTH_CAUSES: Readonly<Record<string, Cause>> = {
  invalid_client: 'login-rejected',
  unauthorized_client: 'not-authorized',
  access_denied: 'not-authorized',
  invalid_scope: 'not-authorized',
  temporarily_unavailable: 'server-error',
  server_error: 'server-error',
  slow_down: 'throttled',
};

export function classify(error: unknown, stage: StageName): Classified | 'defect' {
  if (error instanceof TokenUnusable)
    return { cause: error.reason, code: codeOf(error), number: null, detail: error.message };
  if (error instanceof GrantRefused)
    return {
      cause: refusalCause(error),
      code: error.code,
      number: error.number ?? error.status,
      detail: error.message,
    };
  return classifyHttpError(error, stage);
}

function refusalCause({ status, code }: GrantRefused): Cause {
  const told = code === null ? undefined : OAUTH_CAUSES[code];
  if (told !== undefined) return told;
  // Whoever answers 401 does not know us, in whatever words: not to be knocked at again.
  if (status === 401) return 'login-rejected';
  if (status === 403) return 'not-authorized';
  if (status === 429) return 'throttled';
  return status >= 500 ? 'server-error' : 'status-unexpected';
}
