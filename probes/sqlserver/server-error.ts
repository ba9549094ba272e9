import { isIP } from 'node:net';

/** An ERROR token ([MS-TDS] 2.2.7), as tedious hands it on. */
export type ServerMessage = {
  readonly number: number;
  readonly state: number;
  readonly class: number;
  readonly message: string;
};

/** The server answered with an error of its own. */
export class ServerError extends Error {
  override readonly name = 'ServerError';
  readonly number: number;
  readonly state: number;
  readonly severity: number;
  /** The address of ours that the server refused, where it names one. */
  readonly refusedAddress: string | null;

  constructor(of: ServerMessage) {
    super(of.message);
    this.number = of.number;
    this.state = of.state;
    this.severity = of.class;
    this.refusedAddress = /'([0-9a-f.:]+)'/gi.exec(REFUSES_ADDRESS.has(of.number) ? of.message : '')?.[1] ?? null;
  }
}

const LOGIN_FAILED = 18456;
const REFUSES_ADDRESS: ReadonlySet<number> = new Set([40615, 40914, 47073]);

/** Of several errors the first that says more than that the login failed: 4060 comes with an 18456 after it. */
export function telling(said: readonly ServerMessage[]): ServerError | null {
  const error = said.find(({ number }) => number !== LOGIN_FAILED) ?? said[0];
  return error === undefined ? null : new ServerError(error);
}

export const addressIn = (error: unknown): string | null =>
  error instanceof ServerError && error.refusedAddress !== null && isIP(error.refusedAddress) !== 0
    ? error.refusedAddress
    : null;
