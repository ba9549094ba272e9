import { z } from 'zod';
import { certificateFacts } from '../../src/net/certificate.ts';

export const observation = z.object({
  /** ProductVersion of the server that answered, after a redirect. */
  version: z.string(),
  edition: z.string().nullable(),
  /** 5 is Azure SQL Database, 8 a managed instance. */
  engineEdition: z.int().nullable(),
  encrypted: z.enum(['whole', 'login', 'none']),
  tlsProtocol: z.string().nullable(),
  serverCertificate: certificateFacts.nullable(),
  /** False where any certificate would have done: trustServerCertificate=true, or the login alone encrypted. */
  certificateVerified: z.boolean(),
  /** Null where the client does not show it: Spark. */
  redirected: z.boolean().nullable(),
});
export type Observation = z.infer<typeof observation>;
