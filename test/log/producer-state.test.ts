import assert from "node:assert/strict";
import { describe, it } from "mocha";

import { CorruptSnapshotError, type ProducerClaim, ProducerStates } from "../../src/log/producer-state.ts";
import { addToSequence } from "../../src/protocol/records/batch.ts";

const goldenSnapshot =
  "0001225e2b980000000100000000000000000000000002eb00000000000002eb000000090000018bcffc4778ffffffffffffffffffffffff";

function claim(baseSequence: number, count: number, overrides: Partial<ProducerClaim> = {}): ProducerClaim {
  return {
    producerId: 7,
    producerEpoch: 0,
    baseSequence,
    lastSequence: addToSequence(baseSequence, count - 1),
    isTransactional: false,
    ...overrides,
  };
}

/** Producer 7 has written `batches` batches of five records, from offset 100 on. */
function writtenBy7(batchCount: number): ProducerStates {
  const states = new ProducerStates();
  for (let index = 0; index < batchCount; index++) append(states, claim(index * 5, 5), 100 + index * 5);
  return states;
}

function append(states: ProducerStates, made: ProducerClaim, firstOffset: number, timestamp = 1000): void {
  const count = made.lastSequence - made.baseSequence + 1;
  states.appended(made, {
    firstSequence: made.baseSequence,
    lastSequence: made.lastSequence,
    firstOffset,
    lastOffset: firstOffset + count - 1,
    timestamp,
  });
}

function verdictOf(states: ProducerStates, made: ProducerClaim): string | number {
  const verdict = states.judge(made);
  if (verdict.kind === "duplicate") return verdict.batch.firstOffset;
  return verdict.kind === "refused" ? verdict.errorName : "accepted";
}

describe("Producer states", () => {
  it("recognise a retry of the last five batches and refuse what does not follow (M11)", () => {
    const states = writtenBy7(3);
    assert.equal(verdictOf(states, claim(5, 5)), 105);
    assert.equal(verdictOf(states, claim(20, 5)), "OUT_OF_ORDER_SEQUENCE_NUMBER");
    assert.equal(verdictOf(states, claim(15, 5)), "accepted");
    const longer = writtenBy7(6);
    assert.equal(verdictOf(longer, claim(5, 5)), 105);
    assert.equal(verdictOf(longer, claim(0, 5)), "OUT_OF_ORDER_SEQUENCE_NUMBER");
  });

  it("let a retry through only if it ends where the first try ended", () => {
    assert.equal(verdictOf(writtenBy7(2), claim(5, 4)), "OUT_OF_ORDER_SEQUENCE_NUMBER");
  });

  it("accept any first sequence of a producer they do not know", () => {
    assert.equal(verdictOf(new ProducerStates(), claim(77, 1)), "accepted");
  });

  it("fence an older epoch, an exact duplicate too, and want a newer one to begin at 0", () => {
    const states = writtenBy7(1);
    append(states, claim(0, 5, { producerEpoch: 1 }), 105);
    assert.equal(verdictOf(states, claim(0, 5)), "INVALID_PRODUCER_EPOCH");
    assert.equal(verdictOf(states, claim(3, 1, { producerEpoch: 2 })), "OUT_OF_ORDER_SEQUENCE_NUMBER");
    assert.equal(verdictOf(states, claim(0, 1, { producerEpoch: 2 })), "accepted");
  });

  it("count on from the largest sequence to 0 (L15)", () => {
    const states = new ProducerStates();
    states.appended(claim(2_147_483_640, 7), {
      firstSequence: 2_147_483_640,
      lastSequence: 2_147_483_646,
      firstOffset: 0,
      lastOffset: 6,
      timestamp: 0,
    });
    const wrapping = claim(2_147_483_647, 3);
    assert.equal(wrapping.lastSequence, 1);
    assert.equal(verdictOf(states, wrapping), "accepted");
    states.appended(wrapping, {
      firstSequence: wrapping.baseSequence,
      lastSequence: wrapping.lastSequence,
      firstOffset: 7,
      lastOffset: 9,
      timestamp: 0,
    });
    assert.equal(verdictOf(states, claim(2, 1)), "accepted");
    assert.equal(verdictOf(states, claim(0, 1)), "OUT_OF_ORDER_SEQUENCE_NUMBER");
    const restored = new ProducerStates();
    restored.restore(states.toSnapshot());
    assert.equal(verdictOf(restored, wrapping), 7);
  });

  it("want sequence 0 after a marker of an epoch without batches", () => {
    const states = new ProducerStates();
    states.markerAppended(claim(-1, 1, { producerEpoch: 3 }), 9, 1000);
    assert.equal(verdictOf(states, claim(4, 1, { producerEpoch: 3 })), "OUT_OF_ORDER_SEQUENCE_NUMBER");
    assert.equal(verdictOf(states, claim(0, 1, { producerEpoch: 3 })), "accepted");
  });

  it("refuse a plain batch within a transaction, until its marker", () => {
    const states = new ProducerStates();
    append(states, claim(0, 2, { isTransactional: true }), 50);
    assert.equal(states.firstUndecidedOffset, 50);
    assert.equal(verdictOf(states, claim(2, 1)), "INVALID_TXN_STATE");
    assert.equal(states.judgeMarker(7, 0, 4), "NONE");
    states.markerAppended(claim(-1, 1), 4, 1000);
    assert.equal(states.firstUndecidedOffset, undefined);
    assert.equal(verdictOf(states, claim(2, 1)), "accepted");
    assert.equal(states.judgeMarker(7, 0, 3), "TRANSACTION_COORDINATOR_FENCED");
    assert.equal(states.judgeMarker(7, -1, 4), "INVALID_PRODUCER_EPOCH");
  });

  it("forget who is idle, but not who has a transaction open", () => {
    const states = writtenBy7(1);
    append(states, claim(0, 1, { producerId: 8, isTransactional: true }), 105);
    states.expire(1000 + 59, 60);
    assert.equal(states.count, 2);
    states.expire(1000 + 60, 60);
    assert.deepEqual(
      states.active().map(({ producerId }) => producerId),
      [8],
    );
  });

  it("write and read a snapshot as Kafka does", () => {
    const states = new ProducerStates();
    states.restore(Buffer.from(goldenSnapshot, "hex"));
    assert.deepEqual(states.active(), [
      {
        producerId: 0,
        producerEpoch: 0,
        lastSequence: 747,
        lastTimestamp: 1_700_001_499_000,
        coordinatorEpoch: -1,
        currentTransactionFirstOffset: -1,
      },
    ]);
    assert.equal(states.toSnapshot().toString("hex"), goldenSnapshot);
    assert.equal(verdictOf(states, claim(738, 10, { producerId: 0 })), 738);
    assert.equal(new ProducerStates().toSnapshot().byteLength, 10);
  });

  it("refuse a snapshot that is not whole, and stay as they were", () => {
    const states = writtenBy7(1);
    const bytes = Buffer.from(goldenSnapshot, "hex");
    for (let cut = 0; cut < bytes.byteLength; cut++) {
      assert.throws(() => states.restore(bytes.subarray(0, cut)), CorruptSnapshotError);
    }
    bytes.writeUInt8(1, 30);
    assert.throws(() => states.restore(bytes), CorruptSnapshotError);
    assert.equal(states.count, 1);
  });
});
