import { assert } from "../base/assert.ts";
import {
  baseOffsetOf,
  baseSequenceOf,
  isControl,
  isTransactional,
  lastOffsetOf,
  lastSequenceOf,
  maxTimestampOf,
  producerEpochOf,
  producerIdOf,
} from "../protocol/records/batch.ts";
import { controlTypeOf, coordinatorEpochOf } from "../protocol/records/control-record.ts";
import { RecordVisitor } from "../protocol/records/record-visitor.ts";
import type { ProducerClaim, ProducerStates } from "./producer-state.ts";
import type { Segment } from "./segment.ts";

/** What the batch at `position` says of its producer; undefined where it has none. */
export function producerClaimOf(bytes: Buffer, position: number): ProducerClaim | undefined {
  const producerId = producerIdOf(bytes, position);
  if (producerId < 0) return undefined;
  return {
    producerId,
    producerEpoch: producerEpochOf(bytes, position),
    baseSequence: baseSequenceOf(bytes, position),
    lastSequence: lastSequenceOf(bytes, position),
    isTransactional: isTransactional(bytes, position),
  };
}

/** The epoch of the coordinator in a marker; undefined for other control batches. The whole batch must be there. */
export function markerCoordinatorEpochOf(bytes: Buffer, position: number): number | undefined {
  const visitor = new RecordVisitor().resetToBatch(bytes, position);
  if (!visitor.next() || visitor.keyByteCount < 0 || visitor.valueByteCount < 0) return undefined;
  const type = controlTypeOf(bytes.subarray(visitor.keyPosition, visitor.keyPosition + visitor.keyByteCount));
  if (type !== "ABORT" && type !== "COMMIT") return undefined;
  return coordinatorEpochOf(bytes.subarray(visitor.valuePosition, visitor.valuePosition + visitor.valueByteCount));
}

/** Follow a batch of the log. A control batch must be wholly there; of others the header is enough. */
export function followBatch(producers: ProducerStates, bytes: Buffer, position: number): void {
  const claim = producerClaimOf(bytes, position);
  if (claim === undefined) return;
  followClaim(producers, claim, bytes, position);
}

/** As `followBatch`, for who has read the claim already. */
export function followClaim(producers: ProducerStates, claim: ProducerClaim, bytes: Buffer, position: number): void {
  const timestamp = maxTimestampOf(bytes, position);
  if (isControl(bytes, position)) {
    const coordinatorEpoch = markerCoordinatorEpochOf(bytes, position);
    if (coordinatorEpoch !== undefined) producers.markerAppended(claim, coordinatorEpoch, timestamp);
    return;
  }
  producers.appended(claim, {
    firstSequence: claim.baseSequence,
    lastSequence: claim.lastSequence,
    firstOffset: baseOffsetOf(bytes, position),
    lastOffset: lastOffsetOf(bytes, position),
    timestamp,
  });
}

/** Follow all batches of `segments` that start in `[fromOffset, toOffset)`. */
export function replayProducers(
  producers: ProducerStates,
  segments: readonly Segment[],
  fromOffset: number,
  toOffset: number,
): void {
  assert(fromOffset <= toOffset, "producers are replayed forwards");
  for (const [index, segment] of segments.entries()) {
    if (segment.baseOffset >= toOffset) return;
    const nextBase = segments[index + 1]?.baseOffset;
    if (nextBase !== undefined && nextBase <= fromOffset) continue;
    const walk = segment.walk(segment.offsetIndex.lookup(fromOffset).position);
    while (walk.next()) {
      const baseOffset = baseOffsetOf(walk.bytes, walk.headerPosition);
      if (baseOffset >= toOffset) return;
      if (lastOffsetOf(walk.bytes, walk.headerPosition) < fromOffset) continue;
      const bytes = isControl(walk.bytes, walk.headerPosition) ? walk.wholeBatch() : walk.bytes;
      followBatch(producers, bytes, walk.headerPosition);
    }
  }
}
