import { buildBatch } from "./batch-builder.ts";
import type { Compression } from "./compression.ts";

/** What a control record says, by the number in its key (KAFKA.md B.3); undefined for types of other releases. */
const controlTypes = {
  0: "ABORT",
  1: "COMMIT",
  2: "LEADER_CHANGE",
  3: "SNAPSHOT_HEADER",
  4: "SNAPSHOT_FOOTER",
  5: "KRAFT_VERSION",
  6: "KRAFT_VOTERS",
} as const;

export type ControlType = (typeof controlTypes)[keyof typeof controlTypes];

const markerKeyByteCount = 4;
const markerValueByteCount = 6;

/** The type in the key of a control record; undefined where the key is none or the type isn't known, to be skipped. */
export function controlTypeOf(key: Buffer | null): ControlType | undefined {
  if (key === null || key.length < markerKeyByteCount) return undefined;
  return (controlTypes as Readonly<Record<number, ControlType>>)[key.readInt16BE(2)];
}

/** The coordinator's epoch in the value of an ABORT or COMMIT record; undefined where the value is none. */
export function coordinatorEpochOf(value: Buffer | null): number | undefined {
  return value === null || value.length < markerValueByteCount ? undefined : value.readInt32BE(2);
}

export interface TransactionMarker {
  readonly type: "ABORT" | "COMMIT";
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly coordinatorEpoch: number;
  readonly timestamp: number;
}

/** The batch of one record that ends a transaction in a partition. */
export function buildMarkerBatch(marker: TransactionMarker, compression: Compression): Buffer {
  const key = Buffer.alloc(markerKeyByteCount);
  key.writeInt16BE(marker.type === "COMMIT" ? 1 : 0, 2);
  const value = Buffer.alloc(markerValueByteCount);
  value.writeInt32BE(marker.coordinatorEpoch, 2);
  return buildBatch([{ timestamp: marker.timestamp, key, value }], compression, {
    producerId: marker.producerId,
    producerEpoch: marker.producerEpoch,
    isTransactional: true,
    isControl: true,
  });
}
