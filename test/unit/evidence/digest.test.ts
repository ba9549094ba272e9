import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { digestsOf } from '../../../src/evidence/digest.ts';

describe('the digests of an evidence folder', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'probe-digest-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (name: string, content: string | Buffer) => writeFileSync(join(folder, name), content);
  const sha256 = (content: string | Buffer) => createHash('sha256').update(content).digest('hex');

  test('are of every file that evidence is read from, byte for byte and in order', () => {
    const large = Buffer.alloc(200_000, 'line\r\n');
    write('b.ndjson', large);
    write('a.ndjson', Buffer.from([0xff, 0x00]));
    write('c', '');
    write('.hidden', 'not read');
    mkdirSync(join(folder, 'folder'));
    expect(digestsOf(folder)).toEqual([
      { name: 'a.ndjson', sha256: sha256(Buffer.from([0xff, 0x00])) },
      { name: 'b.ndjson', sha256: sha256(large) },
      { name: 'c', sha256: sha256('') },
    ]);
  });

  test('tell a last line feed from none', () => {
    write('a', 'x');
    write('b', 'x\n');
    const [a, b] = digestsOf(folder);
    expect(a?.sha256).not.toBe(b?.sha256);
  });

  test.each([
    ['a link to nothing', 'gone', 'ENOENT'],
    ['a link to a folder', '.', 'no regular file'],
    ['a link to a device that never ends', '/dev/zero', 'no regular file'],
  ])('name %s, since it cannot be attested', (_, to, why) => {
    symlinkSync(to, join(folder, 'a.ndjson'));
    expect(() => digestsOf(folder)).toThrow(`a.ndjson in ${folder} cannot be read (${why})`);
  });

  test('need a folder', () => {
    write('a', 'x');
    expect(() => digestsOf(join(folder, 'a'))).toThrow('evidence is a folder');
    expect(() => digestsOf(join(folder, 'nowhere'))).toThrow('ENOENT');
  });
});
