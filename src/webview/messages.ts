/**
 * All that the message view and its host say to each other. The host holds the records; the view holds the lines it
 * was sent and asks again for everything when it is loaded anew.
 */

/** A key or a value as one line of the table shows it. */
export type Preview =
  | { readonly kind: "null" }
  | { readonly kind: "empty" }
  /** Control characters are already replaced by visible ones. */
  | { readonly kind: "text"; readonly text: string; readonly isCut: boolean }
  /** Not UTF-8: the first bytes in hexadecimal. */
  | { readonly kind: "bytes"; readonly text: string; readonly byteCount: number };

export interface Row {
  /** Counts records in order of arrival; never used twice while a view is open. */
  readonly id: number;
  readonly partition: number;
  readonly offset: number;
  readonly timestampMs: number;
  readonly key: Preview;
  readonly value: Preview;
}

/** A key, a value or a header's value in full. */
export interface Content {
  readonly kind: "null" | "empty" | "json" | "text" | "bytes";
  /** The text, indented where it is JSON; a hex dump where it is not UTF-8. */
  readonly text: string;
  readonly byteCount: number;
  /** True where `text` shows only the beginning. */
  readonly isCut: boolean;
}

export interface Details {
  readonly id: number;
  readonly partition: number;
  readonly offset: number;
  readonly timestampMs: number;
  readonly timestampType: "CreateTime" | "LogAppendTime";
  readonly key: Content;
  readonly value: Content;
  readonly headers: readonly { readonly name: string; readonly value: Content }[];
}

export interface PartitionInfo {
  readonly index: number;
  /** -1 while no broker leads. */
  readonly leaderId: number;
  readonly logStartOffset: number;
  readonly highWatermark: number;
}

/** Why no more records come, as one sentence with its next step, and the button that takes it. */
export interface Trouble {
  readonly sentence: string;
  readonly action?: { readonly title: string; readonly command: "startCluster" | "createTopic" | "reopen" };
}

export interface ViewState {
  readonly topic: string;
  readonly mode: "live" | "paused" | "ended";
  readonly from: "earliest" | "latest";
  readonly filter: string;
  /** Only this partition; undefined for all. */
  readonly partition?: number;
  /** Ascending by index. */
  readonly partitions: readonly PartitionInfo[];
  readonly receivedCount: number;
  readonly keptCount: number;
  /** Records that were received and are kept no more, since newer ones took their place. */
  readonly droppedCount: number;
  readonly keptCountMax: number;
  /** About how many records the log holds that were not received, because the view is paused or can't keep up. */
  readonly waitingCount: number;
  readonly trouble?: Trouble;
}

export type HostMessage =
  /** Everything: replaces what the view had. */
  | { readonly kind: "snapshot"; readonly sequence: number; readonly state: ViewState; readonly rows: readonly Row[] }
  /** New lines at the end; lines with an id below `firstKeptId` are gone. */
  | {
      readonly kind: "update";
      readonly sequence: number;
      readonly state: ViewState;
      readonly rows: readonly Row[];
      readonly firstKeptId: number;
    }
  /** Undefined where the record is kept no more. */
  | { readonly kind: "details"; readonly id: number; readonly details?: Details };

export type ViewMessage =
  /** The view is loaded and shows nothing yet. */
  | { readonly kind: "ready" }
  /** What came with this sequence number is on the screen. The host sends and fetches no more before. */
  | { readonly kind: "shown"; readonly sequence: number }
  | { readonly kind: "pause"; readonly isPaused: boolean }
  | { readonly kind: "filter"; readonly text: string; readonly partition?: number }
  /** Forget what was received and read again. */
  | { readonly kind: "readFrom"; readonly from: "earliest" | "latest" }
  | { readonly kind: "details"; readonly id: number }
  | { readonly kind: "copy"; readonly id: number; readonly part: "key" | "value" }
  | { readonly kind: "produce" }
  | { readonly kind: "act"; readonly command: "startCluster" | "createTopic" | "reopen" };
