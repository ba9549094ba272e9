import type { Readable } from 'node:stream';

/** The first line of a stream, which is then read on, and thrown away, until it ends. */
export function firstLineOf(input: Readable, ended: () => void): Promise<string> {
  return new Promise((resolve) => {
    let text: string | null = '';
    const found = (line: string) => {
      text = null;
      resolve(line);
    };
    input.setEncoding('utf8').on('data', (chunk: string) => {
      if (text === null) return;
      text += chunk;
      const end = text.indexOf('\n');
      if (end >= 0) found(text.slice(0, end));
    });
    // what breaks has ended as well, and `close` follows
    input.on('error', () => {});
    input.on('close', () => {
      if (text !== null) found(text);
      ended();
    });
  });
}
