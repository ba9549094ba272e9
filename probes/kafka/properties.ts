import { PropertiesError, parseJavaProperties } from '../../src/formats/java-properties.ts';
import type { FileValue } from '../../src/model/settings.ts';

/** The client's properties by their Java names. */
export type Properties = Readonly<Record<string, string>>;

/** What the operator must mend in one property. */
export type Problem = { readonly key: string; readonly message: string };

type Written = {
  readonly properties?: Readonly<Record<string, string | undefined>> | undefined;
  readonly propertiesFile?: FileValue | undefined;
};

/**
 * File first, then what is written beside it. Spark hands on what begins with `kafka.` (Structured Streaming + Kafka Integration Guide),
 * so that its options are taken with and without that prefix.
 */
export function propertiesOf({ properties = {}, propertiesFile }: Written): Properties {
  // java.util.Properties reads a stream as ISO 8859-1
  const file = propertiesFile === undefined ? [] : [...parseJavaProperties(propertiesFile.bytes.toString('latin1'))];
  const written = Object.entries(properties).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, value] as const],
  );
  return Object.fromEntries([...file, ...written].map(([key, value]) => [key.replace(/^kafka\./, ''), value]));
}

/** What is wrong with the file itself; null where it can be read. */
export function fileProblem(file: FileValue): string | null {
  try {
    parseJavaProperties(file.bytes.toString('latin1'));
    return null;
  } catch (error) {
    if (error instanceof PropertiesError) return error.message;
    throw error;
  }
}

/** Typed looks at properties; what cannot be read so is a problem, and reads as absent. */
export function readers(properties: Properties, problems: Problem[]) {
  const text = (key: string): string | null => properties[key] ?? null;
  return {
    text,
    number(key: string): number | null {
      const written = text(key);
      if (written === null) return null;
      if (/^\s*\d+\s*$/.test(written)) return Number(written);
      problems.push({ key, message: `expected a number of milliseconds, not "${written}"` });
      return null;
    },
    oneOf<Value extends string>(key: string, values: readonly Value[], otherwise: Value): Value {
      const written = text(key) ?? otherwise;
      const found = values.find((value) => value === written.trim().toUpperCase());
      if (found === undefined)
        problems.push({ key, message: `expected one of ${values.join(', ')}, not "${written}"` });
      return found ?? otherwise;
    },
  };
}
