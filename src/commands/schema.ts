import { z } from 'zod';
import { configSchema } from '../config/json-schema.ts';
import { decision } from '../model/decision.ts';
import { PreflightError } from '../model/preflight-error.ts';
import { denialRecord, evidenceRecord } from '../model/records.ts';
import { report } from '../model/report.ts';
import { statement } from '../model/statement.ts';
import { EXIT } from '../model/verdict.ts';
import type { Io } from './io.ts';

/** `probe schema NAME`: JSON Schema, made from the schemas that this tool itself reads and writes by. */
export async function schema(name: string, io: Io): Promise<number> {
  io.out(`${JSON.stringify(await schemaOf(name, io), null, 2)}\n`);
  return EXIT.ok;
}

async function schemaOf(name: string, io: Io): Promise<unknown> {
  switch (name) {
    case 'config':
      return configSchema(await io.registry());
    case 'report':
      return z.toJSONSchema(report);
    case 'decision':
      return z.toJSONSchema(decision);
    case 'statement':
      return z.toJSONSchema(statement);
    case 'evidence':
      return z.toJSONSchema(z.union([evidenceRecord, denialRecord]));
    default:
      throw new PreflightError(
        'ERR_SCHEMA_UNKNOWN',
        `no such schema: ${name}`,
        'The schemas are config, report, decision, statement and evidence.',
      );
  }
}
