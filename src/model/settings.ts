import type { Buffer } from 'node:buffer';
import { z } from 'zod';

// The building blocks of a probe's `settings` and `expect`. What the loader must know of a setting (a secret, a file, a path)
// is a mark on its schema, so that it is said once.

/** A value that is never shown: redacted everywhere, in every derived form. */
export const secret = () => z.string().min(1).meta({ writeOnly: true });

/** Marks a setting that names a file which the client itself reads at each attempt; the loader makes it absolute. */
export const path = () => z.string().min(1).meta({ format: 'path' });

/** The content of a setting that may be written as a path, `{ pem: … }` or `{ base64: … }`. */
export class FileValue {
  readonly bytes: Buffer;
  /** The path as written, or `inline`. */
  readonly origin: string;

  constructor(bytes: Buffer, origin: string) {
    this.bytes = bytes;
    this.origin = origin;
  }

  get text(): string {
    return this.bytes.toString('utf8');
  }
}

/** A file-valued setting; the loader has read it before the schema sees it. */
export const fileValued = () =>
  z
    .custom<FileValue>((value) => value instanceof FileValue, 'expected a path, { pem: … } or { base64: … }')
    .meta({
      format: 'file',
      anyOf: [
        { type: 'string', description: 'a path, relative to the configuration' },
        { type: 'object', properties: { pem: { type: 'string' } }, required: ['pem'], additionalProperties: false },
        {
          type: 'object',
          properties: { base64: { type: 'string' } },
          required: ['base64'],
          additionalProperties: false,
        },
      ],
    });

const SPAN_UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const SPAN = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;

/** A span of time with its unit (`250ms`, `30s`, `45m`, `24h`, `30d`), as milliseconds. */
export const spanMs = () =>
  z
    .string()
    .regex(SPAN, 'expected a span with its unit, such as 250ms, 30s or 45m')
    .transform((text) => {
      const [, amount = '0', unit = 'ms'] = SPAN.exec(text) ?? [];
      return Number(amount) * (SPAN_UNIT_MS[unit] ?? 1);
    });

/** A share in per cent (`10%`), as a number from 0 to 1. */
export const share = () =>
  z
    .string()
    .regex(/^\d+(\.\d+)?\s*%$/, 'expected a share with a per cent sign, such as 10%')
    .transform((text) => Number.parseFloat(text) / 100)
    .refine((value) => value > 0 && value < 1, 'expected a share above 0% and below 100%');

/** A pace (`20/s`), as new connections a second. */
export const perSecond = () =>
  z
    .string()
    .regex(/^\d+(\.\d+)?\/s$/, 'expected a pace, such as 5/s')
    .transform((text) => Number.parseFloat(text))
    .refine((value) => value > 0, 'expected a pace above 0/s');
