import { resolve } from 'node:path';
import type { Publication } from '../evidence/publish.ts';
import { openVolume } from '../evidence/volume.ts';
import { PreflightError } from '../model/preflight-error.ts';
import type { Io } from './io.ts';
import type { RunOptions } from './run-options.ts';

const EVERY_MS = 60_000;

/** For tests alone, which cannot wait for a minute. */
const everyMs = ({ env }: Io): number => Number(env['PROBE_TEST_PUBLISH_EVERY_MS'] ?? EVERY_MS);

export type Publishing = {
  readonly publication: Publication | null;
  /** What this run found is not all where it was to be published. */
  isLost(): boolean;
};

/** What `--publish DIR` asks for. */
export function publishingTo({ publish, evidence }: RunOptions, io: Io): Publishing {
  if (publish === undefined) return { publication: null, isLost: () => false };
  const folder = resolve(io.cwd, publish);
  const gathered = evidence === undefined ? null : resolve(io.cwd, evidence);
  if (gathered === folder)
    throw new PreflightError(
      'ERR_EVIDENCE_FOLDER',
      `evidence is gathered in ${folder} and published to the same folder`,
      'Gather it on a local disk: --evidence /tmp/evidence --publish /Volumes/…',
    );
  let lost = false;
  const failed = (why: string, inTheEnd: boolean): void => {
    lost ||= inTheEnd;
    io.err(`probe: ${failureText({ why, inTheEnd, folder, gathered })}\n`);
  };
  return { publication: { volume: openVolume(folder), everyMs: everyMs(io), failed }, isLost: () => lost };
}

type Failure = {
  readonly why: string;
  readonly inTheEnd: boolean;
  readonly folder: string;
  readonly gathered: string | null;
};

function failureText({ why, inTheEnd, folder, gathered }: Failure): string {
  if (!inTheEnd) return `a part of the evidence cannot be published yet (${why}); it will be tried again`;
  const kept = gathered === null ? 'what is missing is lost' : `all of it is in ${gathered}: copy that file there`;
  return `the evidence of this run is not all in ${folder} (${why}); ${kept}`;
}
