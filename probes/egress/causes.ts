import type { Cause } from '../../src/model/causes.ts';
import type { Classified } from '../../src/model/probe.ts';
import type { StageName } from '../../src/model/stages.ts';
import { classifyHttpError } from '../../src/net/http.ts';

/** The echo answered, and not with an address. */
export class EchoUnreadable extends Error {
  override readonly name = 'EchoUnreadable';
}

/** The echo answered with another status than 200. */
export class EchoStatus extends Error {
  override readonly name = 'EchoStatus';
  readonly status: number;
  constructor(status: number) {
    super(`the echo answered with status ${status}`);
    this.status = status;
  }
}

export function classify(error: unknown, stage: StageName): Classified | 'defect' {
  if (error instanceof EchoUnreadable)
    return { cause: 'echo-unreadable', code: null, number: null, detail: error.message };
  if (error instanceof EchoStatus)
    return {
      cause: statusCause(error.status),
      code: null,
      number: error.status,
      detail: error.message,
    };
  return classifyHttpError(error, stage);
}

function statusCause(status: number): Cause {
  if (status === 429) return 'throttled';
  return status >= 500 ? 'server-error' : 'status-unexpected';
}
