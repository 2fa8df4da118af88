import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { MessageRing } from "../../../src/extension/messages/message-ring.ts";
import { record } from "../builders.ts";

const roomy = { recordCountMax: 5_000, byteCountMax: 1_000_000 };

describe("A message ring", () => {
  it("keeps the newest records in order of arrival", () => {
    const ring = new MessageRing({ ...roomy, recordCountMax: 3 });
    for (let offset = 0; offset < 10; offset += 1) ring.push(record(offset));
    assert.deepEqual(
      [...ring].map((kept) => kept.record.offset),
      [7, 8, 9],
    );
    assert.equal(ring.firstId, 8);
  });

  it("finds a record by its id until newer ones took its place", () => {
    const ring = new MessageRing({ ...roomy, recordCountMax: 2 });
    const ids = [0, 1, 2].map((offset) => ring.push(record(offset)).id);
    assert.deepEqual(
      ids.map((id) => ring.get(id)?.record.offset),
      [undefined, 1, 2],
    );
    assert.equal(ring.get(99), undefined);
  });

  it("bounds the bytes too", () => {
    const ring = new MessageRing({ ...roomy, byteCountMax: 1_000 });
    for (let offset = 0; offset < 10; offset += 1) ring.push(record(offset, { value: Buffer.alloc(400) }));
    assert.equal(ring.count, 2);
    assert.ok(ring.byteCount <= 1_000);
  });

  it("keeps the newest record however large it is", () => {
    const ring = new MessageRing({ ...roomy, byteCountMax: 1_000 });
    ring.push(record(0));
    ring.push(record(1, { value: Buffer.alloc(5_000) }));
    assert.deepEqual(
      [...ring].map((kept) => kept.record.offset),
      [1],
    );
  });

  it("never uses an id twice, not even after it was cleared", () => {
    const ring = new MessageRing(roomy);
    const before = ring.push(record(0)).id;
    ring.clear();
    assert.equal(ring.count, 0);
    assert.ok(ring.push(record(0)).id > before);
  });

  it("holds what an array that is cut at both bounds holds", () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 2_000 });
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 300 }), (values, recordCountMax) => {
        const ring = new MessageRing({ recordCountMax, byteCountMax: 3_000 });
        let model: number[] = [];
        values.forEach((size, offset) => {
          ring.push(record(offset, { key: null, value: Buffer.alloc(size) }));
          model.push(offset);
          const bytes = () => model.reduce((sum, one) => sum + (values[one] ?? 0), 0);
          while (model.length > 1 && (model.length > recordCountMax || bytes() > 3_000)) model = model.slice(1);
        });
        assert.deepEqual(
          [...ring].map((kept) => kept.record.offset),
          model,
        );
      }),
      { numRuns: 30, seed: 7 },
    );
  });
});
