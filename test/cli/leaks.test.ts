import { Buffer } from 'node:buffer';
import { describe, expect, test } from 'vitest';
import { leaksIn } from './leaks.ts';
import { SECRETS } from './planted.ts';

describe('the search for leaks', () => {
  const secret = SECRETS['in the configuration'];
  const bytes = Buffer.from(secret, 'utf8');
  test.each([
    ['as it is', `login with ${secret} failed`],
    ['in JSON', JSON.stringify({ detail: `"${secret}"` })],
    ['in a URL', `https://example/?password=${encodeURIComponent(secret)}&x=1`],
    ['in a form', new URLSearchParams({ password: secret }).toString()],
    ['in base64', `Basic ${bytes.toString('base64')}`],
    ['in base64, one byte further on', Buffer.concat([Buffer.from(':'), bytes]).toString('base64')],
    ['in base64, two bytes further on', Buffer.concat([Buffer.from('a:'), bytes]).toString('base64')],
    ['in base64 for URLs', bytes.toString('base64url')],
    ['in base64 of UTF-16', Buffer.from(secret, 'utf16le').toString('base64')],
    ['in base64 of a form', Buffer.from(`id:${encodeURIComponent(secret)}`).toString('base64')],
    ['in hex', bytes.toString('hex')],
    ['cut off', secret.slice(0, 20)],
  ])('finds a secret %s', (_, text) => {
    expect(leaksIn(text, { secret }).length).toBe(1);
  });

  test('finds none where there is none', () => {
    expect(leaksIn(`{"password":"[redacted]","of":"${'A'.repeat(400)}"}`, SECRETS)).toEqual([]);
  });
});
