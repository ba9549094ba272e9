// Plain text for people, in job logs as well: no colour, no sign beyond what a log keeps, nothing wider than a log shows.

export const WIDTH = 120;
const LABEL_WIDTH = 14;

/**
 * A server's own text reaches the terminal of whoever reads this: control signs could move its cursor, and signs that turn the
 * direction of writing could make it read otherwise.
 */
export const plain = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]+/g, ' ').trim();

/** A label, then its text beside it, broken between words. */
export const row = (label: string, text: string): string[] => beside(`  ${label}`, text);

/** What a block begins with: its label stands at the left edge. */
export const titled = (title: string, text: string): string[] => beside(title, text);

function beside(label: string, text: string): string[] {
  const indent = ' '.repeat(LABEL_WIDTH);
  return wrap(plain(text), WIDTH - LABEL_WIDTH).map(
    (line, index) => `${index === 0 ? label.padEnd(LABEL_WIDTH) : indent}${line}`,
  );
}

export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((each) => pieces(each, width))) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/** A word that no line can hold is cut. */
const pieces = (word: string, width: number): string[] =>
  word.length <= width ? [word] : [word.slice(0, width), ...pieces(word.slice(width), width)];

/** Text that is to be pasted: from the first column, and broken only where a YAML flow mapping may be. */
export function pasted(line: string): string[] {
  const text = line
    .replace(/\t/g, '  ')
    .replace(/^( *)(.*)$/s, (_, indent: string, rest: string) => indent + plain(rest));
  if (text.length <= WIDTH) return [text];
  const at = text.lastIndexOf(', ', WIDTH - 1);
  const indent = ' '.repeat(text.search(/\S/) + 4);
  if (at <= indent.length) return [text];
  return [text.slice(0, at + 1), ...pasted(`${indent}${text.slice(at + 2)}`)];
}

export const shortened = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most - 3)}...`;

export const countOf = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
