import fc from 'fast-check';
import { expect, test } from 'vitest';
import { oneRow } from '../../../../fixtures/tds/rows.ts';
import * as tokens from '../../../../fixtures/tds/tokens.ts';
import { ProtocolViolation } from '../../../../probes/sqlserver/packets.ts';
import { checkTokens } from '../../../../probes/sqlserver/tokens.ts';

const streams: readonly Buffer[] = [
  tokens.envChange.database('Claims', 'master'),
  tokens.envChange.routing({ host: 'node.lab', port: 11_000 }),
  tokens.error({ number: 18456, state: 1, class: 14, text: 'Login failed.' }),
  tokens.loginAck({ tdsVersion: 0x74000004, version: '16.0.4135' }),
  tokens.featureExtAck(),
  tokens.returnStatus(0),
  tokens.done(tokens.DONE.final),
  tokens.doneProc(tokens.DONE.final),
  tokens.doneInProc(tokens.DONE.count, 1),
];

test('every order of tokens is a stream of tokens', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...streams)), (parts) => {
      expect(() => checkTokens(Buffer.concat(parts))).not.toThrow();
      expect(() => checkTokens(Buffer.concat([...parts, oneRow([{ name: 'n', value: 1 }])]))).not.toThrow();
    }),
  );
});

test('a stream that is cut within a token is none', () => {
  fc.assert(
    fc.property(fc.constantFrom(...streams), fc.double({ min: 0, max: 0.999, noNaN: true }), (stream, share) => {
      const length = Math.floor(stream.length * share);
      fc.pre(length > 0 && stream[0] !== 0xae);
      expect(() => checkTokens(stream.subarray(0, length))).toThrow(ProtocolViolation);
    }),
  );
});

test('any bytes are either a stream of tokens or a violation', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      try {
        checkTokens(Buffer.from(bytes));
      } catch (error) {
        expect(error).toBeInstanceOf(ProtocolViolation);
      }
    }),
  );
});
