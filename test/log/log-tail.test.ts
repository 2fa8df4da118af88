import assert from "node:assert/strict";
import { describe, it } from "mocha";

import { LogTail, TailBudget } from "../../src/log/log-tail.ts";
import { batchOf, batchOfCount } from "./log-fixture.ts";

/** A batch in memory of its own. */
function bigBatch(baseOffset: number, byteCount = 20_000): Buffer {
  const batch = batchOf(["x".repeat(byteCount)], { baseOffset });
  const own = Buffer.allocUnsafeSlow(batch.byteLength);
  batch.copy(own);
  return own;
}

function fill(tail: LogTail, batches: readonly Buffer[]): number {
  let position = 0;
  for (const batch of batches) {
    tail.append(batch, position);
    position += batch.byteLength;
  }
  return position;
}

describe("A log's tail", () => {
  it("hands out the bytes that it keeps, without copying them again", () => {
    const tail = new LogTail(new TailBudget(1 << 20));
    const batch = bigBatch(0);
    fill(tail, [batch]);
    const pieces = [tail.read(0, batch.byteLength), tail.read(10, 20)].map((read) => read?.[0]);
    assert.deepEqual(pieces[0], batch);
    assert.equal(pieces[0].buffer, pieces[1]?.buffer);
  });

  it("never writes over bytes that a reader was given", () => {
    const tail = new LogTail(new TailBudget(600_000));
    const batches = Array.from({ length: 200 }, (_, index) => bigBatch(index, 30_000));
    const given: { piece: Buffer; copy: Buffer }[] = [];
    let position = 0;
    for (const [index, batch] of batches.entries()) {
      tail.append(batch, position);
      if (index % 40 === 0) {
        const [piece] = tail.read(position, position + batch.byteLength) ?? [];
        assert.ok(piece !== undefined);
        given.push({ piece, copy: Buffer.from(piece) });
      }
      position += batch.byteLength;
    }
    for (const { piece, copy } of given) assert.deepEqual(piece, copy);
  });

  it("copies a batch out of the chunk that it came in, and puts neighbours together", () => {
    const tail = new LogTail(new TailBudget(1 << 20));
    const network = Buffer.alloc(65_536);
    const small = batchOfCount(3);
    small.copy(network, 100);
    const end = fill(tail, [network.subarray(100, 100 + small.byteLength), batchOfCount(3, { baseOffset: 3 })]);
    network.fill(0);
    const pieces = tail.read(0, end);
    assert.equal(pieces?.length, 1);
    assert.deepEqual(pieces[0], Buffer.concat([small, batchOfCount(3, { baseOffset: 3 })]));
  });

  it("finds offsets and positions, and says where it starts later", () => {
    const tail = new LogTail(new TailBudget(1 << 20));
    assert.equal(tail.positionOf(0), undefined);
    assert.equal(tail.read(0, 10), undefined);
    const batches = [batchOfCount(3, { baseOffset: 10 }), bigBatch(13), batchOfCount(5, { baseOffset: 14 })];
    const end = fill(tail, batches);
    assert.equal(tail.positionOf(9), undefined);
    assert.equal(tail.positionOf(12), 0);
    assert.equal(tail.positionOf(13), batches[0]!.byteLength);
    assert.equal(tail.positionOf(16), batches[0]!.byteLength + batches[1]!.byteLength);
    assert.equal(tail.positionOf(19), end);
    assert.deepEqual(Buffer.concat(tail.read(40, end - 9)!), Buffer.concat(batches).subarray(40, end - 9));
    assert.equal(tail.batchByteCountAt(batches[0]!.byteLength), batches[1]!.byteLength);
    assert.equal(tail.batchByteCountAt(end), undefined);
  });

  it("keeps to the budget by dropping what is oldest in any log", () => {
    const budget = new TailBudget(90_000);
    const tails = [new LogTail(budget), new LogTail(budget)];
    const positions = [0, 0];
    for (let index = 0; index < 10; index++) {
      const batch = bigBatch(index);
      tails[index % 2]!.append(batch, positions[index % 2]!);
      positions[index % 2]! += batch.byteLength;
      assert.ok(budget.byteCount <= 90_000);
    }
    assert.equal(tails[0]!.positionOf(4), undefined);
    assert.equal(tails[0]!.positionOf(6), positions[0]! - 2 * bigBatch(0).byteLength);
    assert.equal(tails[1]!.positionOf(5), undefined);
    assert.notEqual(tails[1]!.positionOf(7), undefined);
  });

  it("counts the memory that it holds on to, and gives it all back", () => {
    const budget = new TailBudget(1 << 20);
    const tail = new LogTail(budget);
    const batch = bigBatch(0);
    tail.append(batch, 0);
    assert.equal(budget.byteCount, batch.byteLength);
    tail.clear();
    assert.equal(budget.byteCount, 0);
    for (let round = 0; round < 3000; round++) {
      fill(tail, [batchOfCount(1), batchOfCount(1, { baseOffset: 1 })]);
      tail.clear();
    }
    assert.equal(budget.byteCount, 0);
  });

  it("goes without where one batch is more than the budget, or there is no budget", () => {
    for (const byteCountMax of [0, 100]) {
      const tail = new LogTail(new TailBudget(byteCountMax));
      const end = fill(tail, [bigBatch(0), batchOfCount(2, { baseOffset: 1 }), bigBatch(3)]);
      assert.equal(tail.read(0, end), undefined);
    }
  });
});
