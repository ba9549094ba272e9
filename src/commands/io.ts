import type { Registry } from '../model/probe.ts';
import type { Redaction } from '../model/redaction.ts';

/** All that a command has of the process: it never touches `process` itself, so that a test can be the process. */
export type Io = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Standard input, read to its end. */
  readStdin(): Promise<string>;
  /** The first line of standard input, whose end interrupts the command from then on. */
  endWithStdin(): Promise<string>;
  /** Standard output: what was asked for and nothing else. */
  out(text: string): void;
  /** Standard error: what people read meanwhile. */
  err(text: string): void;
  /** From here on standard error shows no secret that this knows or comes to know. */
  redactBy(redaction: Redaction): void;
  /** CPU time of this process so far. */
  cpuMs(): number;
  /** Aborts at SIGINT or SIGTERM, or at the end of standard input where that was asked for. */
  readonly signal: AbortSignal;
  /** A defect of ours: the process will exit 70, whatever else happens. */
  broke(error: unknown): void;
  /** Loaded when a command needs it. */
  registry(): Promise<Registry>;
};
