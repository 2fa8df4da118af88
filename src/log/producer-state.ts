/**
 * What a log knows of the producers that wrote to it, so that a retry is recognised and a gap refused (KAFKA.md G.2).
 * All of it follows from the batches: followers and recovery arrive at the same state by the same updates. A snapshot
 * beside each segment only saves reading the log from its start.
 */
import { assert } from "../base/assert.ts";
import { crc32c } from "../base/crc32c.ts";
import type { ErrorName } from "../protocol/error-code.ts";
import { addToSequence, noProducerEpoch, noSequence, readInt64, writeInt64 } from "../protocol/records/batch.ts";

/** Batches per producer that a retry is compared with. */
const batchesRemembered = 5;
const snapshotVersion = 1;
const snapshotHeaderByteCount = 10;
const snapshotEntryByteCount = 46;
const crcPosition = 2;
const crcLimit = 6;

/** A producer snapshot file is not whole. */
export class CorruptSnapshotError extends Error {
  override readonly name = "CorruptSnapshotError";
}

/** One batch as its producer numbered it and the log placed it. */
export interface ProducedBatch {
  readonly firstSequence: number;
  readonly lastSequence: number;
  readonly firstOffset: number;
  readonly lastOffset: number;
  /** The batch's largest timestamp: what a duplicate is answered with. */
  readonly timestamp: number;
}

/** What a batch says of its producer. */
export interface ProducerClaim {
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly baseSequence: number;
  readonly lastSequence: number;
  readonly isTransactional: boolean;
}

/** One producer of a log, as DescribeProducers shows it. */
export interface ActiveProducer {
  readonly producerId: number;
  readonly producerEpoch: number;
  /** -1 where no batch of this epoch is known. */
  readonly lastSequence: number;
  readonly lastTimestamp: number;
  readonly coordinatorEpoch: number;
  /** -1 outside of a transaction. */
  readonly currentTransactionFirstOffset: number;
}

interface Producer {
  epoch: number;
  /** Oldest first, at most five. */
  readonly batches: ProducedBatch[];
  coordinatorEpoch: number;
  currentTransactionFirstOffset: number;
  lastTimestamp: number;
}

export type ProducerVerdict =
  | { readonly kind: "accepted" }
  | { readonly kind: "duplicate"; readonly batch: ProducedBatch }
  | { readonly kind: "refused"; readonly errorName: ErrorName };

const accepted: ProducerVerdict = { kind: "accepted" };

function refused(errorName: ErrorName): ProducerVerdict {
  return { kind: "refused", errorName };
}

/** The producers of one log. Judges a batch before it is appended, and follows what was appended. */
export class ProducerStates {
  private producers = new Map<number, Producer>();

  get count(): number {
    return this.producers.size;
  }

  active(): readonly ActiveProducer[] {
    return [...this.producers].map(([producerId, producer]) => ({
      producerId,
      producerEpoch: producer.epoch,
      lastSequence: producer.batches.at(-1)?.lastSequence ?? noSequence,
      lastTimestamp: producer.lastTimestamp,
      coordinatorEpoch: producer.coordinatorEpoch,
      currentTransactionFirstOffset: producer.currentTransactionFirstOffset,
    }));
  }

  /** First offset of the oldest open transaction; undefined where none is open. */
  get firstUndecidedOffset(): number | undefined {
    let first: number | undefined;
    for (const { currentTransactionFirstOffset: offset } of this.producers.values()) {
      if (offset >= 0 && (first === undefined || offset < first)) first = offset;
    }
    return first;
  }

  /** May a client append this batch now? Reads only. */
  judge(claim: ProducerClaim): ProducerVerdict {
    const producer = this.producers.get(claim.producerId);
    if (producer === undefined) return accepted;
    const duplicate = duplicateOf(claim, producer);
    if (duplicate !== undefined) return { kind: "duplicate", batch: duplicate };
    if (claim.producerEpoch < producer.epoch) return refused("INVALID_PRODUCER_EPOCH");
    if (!followsInSequence(claim, producer)) return refused("OUT_OF_ORDER_SEQUENCE_NUMBER");
    if (producer.currentTransactionFirstOffset >= 0 && !claim.isTransactional) return refused("INVALID_TXN_STATE");
    return accepted;
  }

  /** A data batch of this producer is in the log. Never refuses: a follower takes what its leader took. */
  appended(claim: ProducerClaim, batch: ProducedBatch): void {
    const producer = this.producerFor(claim.producerId, claim.producerEpoch);
    producer.batches.push(batch);
    if (producer.batches.length > batchesRemembered) producer.batches.shift();
    producer.lastTimestamp = batch.timestamp;
    if (!claim.isTransactional) return;
    if (producer.currentTransactionFirstOffset < 0) producer.currentTransactionFirstOffset = batch.firstOffset;
  }

  /** May the transaction coordinator of `coordinatorEpoch` end this producer's transaction? Reads only. */
  judgeMarker(producerId: number, producerEpoch: number, coordinatorEpoch: number): ErrorName {
    const producer = this.producers.get(producerId);
    if (producer === undefined) return "NONE";
    if (producerEpoch < producer.epoch) return "INVALID_PRODUCER_EPOCH";
    return coordinatorEpoch < producer.coordinatorEpoch ? "TRANSACTION_COORDINATOR_FENCED" : "NONE";
  }

  /** A transaction marker is in the log. */
  markerAppended(claim: ProducerClaim, coordinatorEpoch: number, timestamp: number): void {
    const producer = this.producerFor(claim.producerId, claim.producerEpoch);
    producer.coordinatorEpoch = coordinatorEpoch;
    producer.currentTransactionFirstOffset = -1;
    producer.lastTimestamp = timestamp;
  }

  /** Forget who wrote nothing for `expirationMs` and has no open transaction. */
  expire(nowMs: number, expirationMs: number): void {
    for (const [producerId, producer] of this.producers) {
      const isIdle = nowMs - producer.lastTimestamp >= expirationMs;
      if (isIdle && producer.currentTransactionFirstOffset < 0) this.producers.delete(producerId);
    }
  }

  clear(): void {
    this.producers.clear();
  }

  /** The content of a `.snapshot` file (KAFKA.md C.7): of each producer, only the last batch. */
  toSnapshot(): Buffer {
    const bytes = Buffer.alloc(snapshotHeaderByteCount + this.producers.size * snapshotEntryByteCount);
    bytes.writeInt16BE(snapshotVersion, 0);
    bytes.writeInt32BE(this.producers.size, crcLimit);
    let position = snapshotHeaderByteCount;
    for (const [producerId, producer] of this.producers) {
      writeSnapshotEntry(bytes, position, producerId, producer);
      position += snapshotEntryByteCount;
    }
    bytes.writeUInt32BE(crc32c(bytes.subarray(crcLimit)), crcPosition);
    return bytes;
  }

  /** Become what a snapshot says. Throws `CorruptSnapshotError` and changes nothing where it is not whole. */
  restore(bytes: Buffer): void {
    if (bytes.byteLength < snapshotHeaderByteCount) throw new CorruptSnapshotError("a snapshot without its header");
    if (bytes.readInt16BE(0) !== snapshotVersion) throw new CorruptSnapshotError("a snapshot of an unknown version");
    if (crc32c(bytes.subarray(crcLimit)) !== bytes.readUInt32BE(crcPosition)) {
      throw new CorruptSnapshotError("a snapshot whose CRC is wrong");
    }
    const count = bytes.readInt32BE(crcLimit);
    if (bytes.byteLength !== snapshotHeaderByteCount + count * snapshotEntryByteCount) {
      throw new CorruptSnapshotError("a snapshot of another length than its entries have");
    }
    this.producers = new Map();
    for (let index = 0; index < count; index++) {
      const position = snapshotHeaderByteCount + index * snapshotEntryByteCount;
      this.producers.set(readInt64(bytes, position), readSnapshotEntry(bytes, position));
    }
  }

  private producerFor(producerId: number, epoch: number): Producer {
    let producer = this.producers.get(producerId);
    if (producer === undefined) {
      producer = {
        epoch,
        batches: [],
        coordinatorEpoch: -1,
        currentTransactionFirstOffset: -1,
        lastTimestamp: -1,
      };
      this.producers.set(producerId, producer);
    }
    if (producer.epoch !== epoch) {
      producer.epoch = epoch;
      producer.batches.length = 0;
    }
    return producer;
  }
}

function duplicateOf(claim: ProducerClaim, producer: Producer): ProducedBatch | undefined {
  if (claim.producerEpoch !== producer.epoch) return undefined;
  return producer.batches.find(
    ({ firstSequence, lastSequence }) => firstSequence === claim.baseSequence && lastSequence === claim.lastSequence,
  );
}

function followsInSequence(claim: ProducerClaim, producer: Producer): boolean {
  if (producer.epoch === noProducerEpoch) return true;
  if (claim.producerEpoch !== producer.epoch) return claim.baseSequence === 0;
  // Known by a transaction marker only: the first sequence is then 0, which follows on -1.
  const lastSequence = producer.batches.at(-1)?.lastSequence ?? noSequence;
  return claim.baseSequence === addToSequence(lastSequence, 1);
}

function writeSnapshotEntry(bytes: Buffer, position: number, producerId: number, producer: Producer): void {
  const batch = producer.batches.at(-1);
  writeInt64(bytes, position, producerId);
  bytes.writeInt16BE(producer.epoch, position + 8);
  bytes.writeInt32BE(batch?.lastSequence ?? noSequence, position + 10);
  writeInt64(bytes, position + 14, batch?.lastOffset ?? -1);
  bytes.writeInt32BE(batch === undefined ? 0 : batch.lastOffset - batch.firstOffset, position + 22);
  writeInt64(bytes, position + 26, producer.lastTimestamp);
  bytes.writeInt32BE(producer.coordinatorEpoch, position + 34);
  writeInt64(bytes, position + 38, producer.currentTransactionFirstOffset);
}

function readSnapshotEntry(bytes: Buffer, position: number): Producer {
  const lastSequence = bytes.readInt32BE(position + 10);
  const lastOffset = readInt64(bytes, position + 14);
  const offsetDelta = bytes.readInt32BE(position + 22);
  const timestamp = readInt64(bytes, position + 26);
  const firstOffset = lastOffset - offsetDelta;
  const producer: Producer = {
    epoch: bytes.readInt16BE(position + 8),
    batches: [],
    coordinatorEpoch: bytes.readInt32BE(position + 34),
    currentTransactionFirstOffset: readInt64(bytes, position + 38),
    lastTimestamp: timestamp,
  };
  if (lastOffset >= 0) {
    const firstSequence = subtractFromSequence(lastSequence, offsetDelta);
    producer.batches.push({ firstSequence, lastSequence, firstOffset, lastOffset, timestamp });
  }
  return producer;
}

/** `decrement` sequences before `sequence`: before 0 comes 2^31 - 1. */
function subtractFromSequence(sequence: number, decrement: number): number {
  assert(decrement >= 0, "a sequence goes back, not forward");
  return sequence >= decrement ? sequence - decrement : sequence - decrement + 0x8000_0000;
}
