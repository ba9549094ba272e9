import type { Buffer } from 'node:buffer';
import { API } from './apis.ts';
import type { KafkaConnection } from './connection.ts';
import { ProtocolViolation, refuseUnless0 } from './refusals.ts';

type Partition = { readonly topic: string; readonly index: number; readonly hint: string };

const LATEST = -1;

/** What a reader asks of a leader: where the log ends, and what comes after that, which is nothing. */
export async function readLogEnd(connection: KafkaConnection, { topic, index, hint }: Partition): Promise<string> {
  const listed = await connection.ask(API.ListOffsets, {
    topics: [{ topic, partitions: [{ partition: index, timestamp: LATEST }] }],
  });
  const end = listed.responses[0]?.partitions[0];
  if (end === undefined) throw new ProtocolViolation('the answer to ListOffsets does not name the partition');
  refuseUnless0('ListOffsets', end.errorCode, hint);
  const { payload, version } = await connection.askBare(API.Fetch, {
    // no wait: the answer is there at once, and the time it took is that of the way
    maxWaitTime: 0,
    minBytes: 1,
    maxBytes: 1,
    rackId: '',
    topics: [{ topic, partitions: [{ partition: index, fetchOffset: end.offset, maxBytes: 1 }] }],
  });
  refuseUnless0('Fetch', fetchErrorIn(payload, version), hint);
  return end.offset;
}

/**
 * The error code of the one partition in an answer to Fetch. The records after it are not looked at: one may have been written since, and
 * no payload enters here.
 */
function fetchErrorIn(payload: Buffer, version: number): number {
  try {
    // throttle_time_ms; from v7 on error_code and session_id (KIP-227)
    const ofSession = version >= 7 ? payload.readInt16BE(4) : 0;
    if (ofSession !== 0) return ofSession;
    const topics = version >= 7 ? 10 : 4;
    const partitions = topics + 4 + 2 + payload.readInt16BE(topics + 4);
    return payload.readInt16BE(partitions + 4 + 4);
  } catch (error) {
    throw new ProtocolViolation('the answer to Fetch cannot be read', { cause: error });
  }
}
