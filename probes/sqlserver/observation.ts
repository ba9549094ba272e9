import { z } from 'zod';

export const observation = z.strictObject({
  /** ProductVersion of the server that answered, after a redirect. */
  version: z.string(),
  edition: z.string().nullable(),
  /** 5 is Azure SQL Database, 8 a managed instance. */
  engineEdition: z.int().nullable(),
  encrypted: z.enum(['whole', 'login', 'none']),
  tls: z
    .strictObject({
      protocol: z.string().nullable(),
      certificateIssuer: z.string().nullable(),
      certificateEnds: z.iso.datetime().nullable(),
    })
    .nullable(),
  redirected: z.boolean(),
});
export type Observation = z.infer<typeof observation>;
