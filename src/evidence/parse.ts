import { PreflightError } from '../model/preflight-error.ts';
import {
  type DenialRecord,
  denialRecord,
  EVIDENCE_SCHEMA_VERSION,
  type EvidenceRecord,
  evidenceRecord,
} from '../model/records.ts';

/**
 * One line as a record; null where it is none. Keys that are not known are dropped. Version 1 is the first: later readers upgrade it
 * here. A version newer than ours is an error, since what it means can not be known.
 */
export function parseRecord(text: string, place: string): EvidenceRecord | null {
  const value = parseJson(text);
  if (isNewer(value)) {
    throw new PreflightError(
      'ERR_EVIDENCE_NEWER',
      `${place}: evidence of schema version ${value.schemaVersion}, and this tool reads up to ${EVIDENCE_SCHEMA_VERSION}`,
      'Judge this folder with the version of the tool that wrote it, or a later one.',
    );
  }
  const parsed = evidenceRecord.safeParse(value);
  return parsed.success ? parsed.data : null;
}

/** Null where the line is no denial. */
export function parseDenial(text: string): DenialRecord | null {
  return denialRecord.safeParse(parseJson(text)).data ?? null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isNewer(value: unknown): value is { readonly schemaVersion: number } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'record' in value &&
    value.record === 'run' &&
    'schemaVersion' in value &&
    typeof value.schemaVersion === 'number' &&
    value.schemaVersion > EVIDENCE_SCHEMA_VERSION
  );
}
