import { join } from 'node:path';

/** The environment of an agent whose connections leave from this address. */
export const LEAVING_FROM = (address: string): Readonly<Record<string, string>> => ({
  NODE_OPTIONS: `--require=${join(import.meta.dirname, 'leave-from.cjs')}`,
  LEAVE_FROM: address,
});
