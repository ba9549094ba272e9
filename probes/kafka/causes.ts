import type { Cause } from '../../src/model/causes.ts';
import type { Classified } from '../../src/model/probe.ts';
import type { StageName } from '../../src/model/stages.ts';
import { classifySocketError } from '../../src/net/causes.ts';
import { causeOf } from './error-codes.ts';
import {
  BrokerRefusal,
  NotTestable,
  ProtocolViolation,
  ServerNotProven,
  TlsRequired,
  VersionUnsupported,
} from './refusals.ts';

const BY_KIND: readonly (readonly [new (message: string) => Error, Cause])[] = [
  [ProtocolViolation, 'protocol-violation'],
  [ServerNotProven, 'protocol-violation'],
  [TlsRequired, 'encryption-required'],
  [VersionUnsupported, 'version-unsupported'],
  [NotTestable, 'not-testable'],
];

/** Long enough for the line that grants what was refused. */
const DETAIL_LENGTH = 400;

export function classify(error: unknown, stage: StageName): Classified | 'defect' {
  if (error instanceof BrokerRefusal) {
    const { number, code, message } = error;
    return { cause: causeOf(number), code, number, detail: message.slice(0, DETAIL_LENGTH) };
  }
  for (const [kind, cause] of BY_KIND)
    if (error instanceof kind)
      return { cause, code: null, number: null, detail: error.message.slice(0, DETAIL_LENGTH) };
  return classifySocketError(error, stage);
}
