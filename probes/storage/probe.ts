import { z } from 'zod';
import type { Probe } from '../../src/model/probe.ts';
import { certificateFacts } from '../../src/net/certificate.ts';
import { certificateDays, certificateDaysRule } from '../../src/net/certificate-days.ts';
import { describe } from './describe.ts';
import { canariesDeleted, handoffWhole, readBack } from './rules.ts';
import { type StorageSettings, settings } from './settings.ts';

// What is handed over by way of a storage: a canary is written, read back and listed, and those of other contexts are read.

const expect = z.strictObject({ certificateDays: certificateDays() });
export type Expect = z.infer<typeof expect>;

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);

const observation = z.object({
  /** Of the canary: one in all attempts of a run. */
  wrote: digest,
  /** `gone`: there was none of that name when it was read back. */
  back: z.enum(['same', 'gone']),
  listed: z.boolean(),
  /** Canaries of other contexts that arrived whole, be it for the first time or again; looked for in the first attempt of a run alone. */
  read: z.array(z.object({ context: z.string(), run: z.string(), digest })),
  /** Canaries of other contexts that did not arrive as they were written. */
  damaged: z.int(),
  /** Whether what earlier runs had left could be deleted; null where there was nothing to delete. */
  deletes: z.boolean().nullable(),
  serverCertificate: certificateFacts.nullable(),
});
export type Observation = z.infer<typeof observation>;

export const storage: Probe<StorageSettings, Expect, Observation> = {
  type: 'storage',
  title: 'a handoff by way of a storage: a mounted path, an S3 bucket, an Azure container',
  stages: ['resolve', 'connect', 'tls', 'request'],
  holds: [],
  settings,
  expect,
  observation,
  describe,
  rules: [
    readBack,
    handoffWhole,
    canariesDeleted,
    certificateDaysRule({
      id: 'tls/server-certificate-days',
      ended: 'certificate-expired',
      pick: ({ serverCertificate }) => serverCertificate,
    }),
  ],
  load: async (given) => (await import('./client.ts')).createClient(given),
};
