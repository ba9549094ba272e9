import { expect, test } from 'vitest';
import { isOnLoopback } from '../../../src/model/loopback.ts';

test.each(['127.0.0.1:1433', '127.255.255.254:1', '[::1]:9092', 'localhost:443', 'LocalHost:443'])(
  '%s is on the loopback',
  (server) => expect(isOnLoopback(server)).toBe(true),
);

test.each([
  '10.0.0.1:1433',
  '128.0.0.1:1433',
  '0.0.0.0:1433',
  '[::]:1433',
  '[::2]:1433',
  '[::ffff:127.0.0.1]:1433',
  '127.1:1433',
  '127.0.0.1.example.com:443',
  'localhost.example.com:443',
  'notlocalhost:443',
  'claims.internal:1433',
  '127.0.0.1',
  '::1:1433',
  '',
])('%s is not', (server) => expect(isOnLoopback(server)).toBe(false));
