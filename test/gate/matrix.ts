import type { Row } from './row.ts';
import { EGRESS } from './rows/egress.ts';
import { KAFKA } from './rows/kafka.ts';
import { MTLS } from './rows/mtls.ts';
import { SQLSERVER } from './rows/sqlserver.ts';
import { STORAGE } from './rows/storage.ts';
import { TCP } from './rows/tcp.ts';
import { TOKEN } from './rows/token.ts';

/** What the report must say, by probe and by what goes wrong. */
export const MATRIX: Readonly<Record<string, readonly Row[]>> = {
  sqlserver: SQLSERVER,
  kafka: KAFKA,
  mtls: MTLS,
  egress: EGRESS,
  token: TOKEN,
  storage: STORAGE,
  tcp: TCP,
};
