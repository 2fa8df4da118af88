import type { TopicView } from "../../cluster/cluster-view.ts";
import type { EngineFailure, TailRecord } from "../../cluster/engine-messages.ts";
import type { HostMessage, PartitionInfo, Row, Trouble, ViewState } from "../../webview/messages.ts";
import type { ClusterSession, Tail } from "../engine/cluster-session.ts";
import { problemOf } from "../failure-sentences.ts";
import type { Later } from "../views/refresh-schedule.ts";
import { MessageRing, type KeptRecord } from "./message-ring.ts";
import { detailsOf, holdsText, plainText, previewOf } from "./record-text.ts";

/** Records that may be under way from the engine to the screen: what bounds the memory of both. */
const underWayCountMax = 2_000;
const underWayByteCountMax = 8 * 1024 * 1024;
/** Before anything is known of the records' size. */
const firstGrantCount = 200;
/** Between two messages to the view. */
const updateIntervalMs = 100;
const ringLimits = { recordCountMax: 5_000, byteCountMax: 32 * 1024 * 1024 };

/** What a feed needs of its surroundings. */
export interface FeedHost {
  readonly session: ClusterSession;
  readonly later: Later;
  post(message: HostMessage): void;
}

type From = "earliest" | "latest";

/**
 * One topic being read for one message view: the newest records, what is filtered out, whether it is paused.
 *
 * Back-pressure runs all the way: a grant for more records goes to the engine only once the view says that it shows
 * what it got, so a view that is slow, or paused, makes the engine wait and nothing piles up. While nobody looks (the
 * view is hidden, its page gone) records go on into the ring at the same pace, and the page gets a snapshot when it
 * comes back.
 */
export class MessageFeed implements Disposable {
  readonly topic: string;
  private readonly host: FeedHost;
  private readonly ring = new MessageRing(ringLimits);
  private readonly listeners: readonly Disposable[];
  private readonly positions = new Map<number, number>();
  private tail: Tail | undefined;
  private tick: Disposable | undefined;
  private from: From;
  private isPaused = false;
  private trouble: Trouble | undefined;
  private filter = "";
  private partition: number | undefined;
  private receivedCount = 0;
  /** Records that arrived after the pause and wait for its end; never more than were granted. */
  private held: TailRecord[] = [];
  private unsent: KeptRecord[] = [];
  /** Records that the engine may still send. */
  private grantedCount = 0;
  private isPageThere = false;
  private hasNews = false;
  private sequence = 0;
  private shownSequence = 0;

  constructor(topic: string, host: FeedHost) {
    this.topic = topic;
    this.host = host;
    this.from = startingPoint(this.topicView());
    this.listeners = [
      host.session.stateChanges.add((state) => {
        if (state === "running") this.readFrom(startingPoint(this.topicView()));
        else if (state !== "starting") this.stopReading(clusterStopped);
      }),
      host.session.deltas.add((delta) => {
        if (delta.removedTopics.includes(topic)) this.stopReading(this.topicGone());
        if (!delta.changedTopics.some(({ name }) => name === topic)) return;
        if (this.trouble?.action?.command === "createTopic") this.readFrom("earliest");
        else this.noteNews();
      }),
    ];
    this.readFrom(this.from);
  }

  /** The page was loaded and shows nothing yet. */
  pageReady(): void {
    this.isPageThere = true;
    this.sendSnapshot();
    this.schedule();
  }

  /** The page is hidden or gone: what is sent to it is lost. */
  pageGone(): void {
    this.isPageThere = false;
    this.unsent = [];
    this.shownSequence = this.sequence;
    this.schedule();
  }

  pageShows(sequence: number): void {
    this.shownSequence = Math.max(this.shownSequence, sequence);
    this.schedule();
  }

  setPaused(isPaused: boolean): void {
    if (this.isPaused === isPaused) return;
    this.isPaused = isPaused;
    if (!isPaused) {
      const { held } = this;
      this.held = [];
      this.take(held);
    }
    this.noteNews();
  }

  setFilter(text: string, partition: number | undefined): void {
    this.filter = text.trim().toLowerCase();
    this.partition = partition;
    this.sendSnapshot();
  }

  /** Forget what was received and read the topic again. */
  readFrom(from: From): void {
    this.tail?.[Symbol.dispose]();
    this.tail = undefined;
    this.clear();
    this.from = from;
    this.isPaused = false;
    const { topic } = this;
    if (this.host.session.state !== "running") this.trouble = clusterStopped;
    else if (this.topicView() === undefined) this.trouble = this.topicGone();
    else {
      this.trouble = undefined;
      this.grantedCount = firstGrantCount;
      this.tail = this.host.session.openTail(
        { topic, from, count: firstGrantCount },
        { onRecords: (records) => this.receive(records), onFailed: (failure) => this.fail(failure) },
      );
    }
    this.sendSnapshot();
  }

  sendDetails(id: number): void {
    const kept = this.ring.get(id);
    this.host.post({ kind: "details", id, ...(kept === undefined ? {} : { details: detailsOf(kept) }) });
  }

  textOf(id: number, part: "key" | "value"): string | undefined {
    const kept = this.ring.get(id);
    return kept === undefined ? undefined : plainText(kept.record[part]);
  }

  [Symbol.dispose](): void {
    this.tail?.[Symbol.dispose]();
    this.tick?.[Symbol.dispose]();
    for (const listener of this.listeners) listener[Symbol.dispose]();
  }

  private receive(records: readonly TailRecord[]): void {
    this.grantedCount -= records.length;
    if (this.isPaused) this.held.push(...records);
    else this.take(records);
    this.noteNews();
  }

  private take(records: readonly TailRecord[]): void {
    for (const record of records) {
      const kept = this.ring.push(record);
      this.positions.set(record.partition, record.offset + 1);
      if (this.isPageThere && this.letsThrough(kept)) this.unsent.push(kept);
    }
    this.receivedCount += records.length;
  }

  private fail(failure: EngineFailure): void {
    const { sentence } = problemOf(failure);
    this.stopReading({ sentence, action: { title: "Read Again", command: "reopen" } });
  }

  private stopReading(trouble: Trouble): void {
    this.tail?.[Symbol.dispose]();
    this.tail = undefined;
    this.trouble = trouble;
    this.isPaused = false;
    const { held } = this;
    this.held = [];
    this.take(held);
    this.noteNews();
  }

  private clear(): void {
    this.ring.clear();
    this.positions.clear();
    this.held = [];
    this.unsent = [];
    this.receivedCount = 0;
    this.grantedCount = 0;
  }

  private noteNews(): void {
    this.hasNews = true;
    this.schedule();
  }

  private schedule(): void {
    this.tick ??= this.host.later(updateIntervalMs, () => {
      this.tick = undefined;
      this.update();
    });
  }

  /** At most ten times a second: send what is new and grant what was shown. */
  private update(): void {
    if (this.isPageThere && this.shownSequence < this.sequence) return;
    this.grant();
    if (!this.hasNews) return;
    this.hasNews = false;
    if (!this.isPageThere) return;
    const { firstId: firstKeptId } = this.ring;
    const rows = this.unsent.filter(({ id }) => id >= firstKeptId).map(rowOf);
    this.unsent = [];
    this.sequence += 1;
    this.host.post({ kind: "update", sequence: this.sequence, state: this.viewState(), rows, firstKeptId });
  }

  /** Whatever is not yet on the screen counts as under way: called when the page has shown all that it was sent. */
  private grant(): void {
    if (this.isPaused || this.tail === undefined) return;
    const count = this.underWayMax() - this.grantedCount - this.unsent.length;
    if (count <= 0) return;
    this.grantedCount += count;
    this.tail.grant(count);
  }

  private underWayMax(): number {
    const { count, byteCount } = this.ring;
    if (count === 0) return firstGrantCount;
    return Math.max(1, Math.min(underWayCountMax, Math.floor((underWayByteCountMax * count) / (byteCount + 1))));
  }

  private sendSnapshot(): void {
    if (!this.isPageThere) return;
    this.hasNews = false;
    this.unsent = [];
    const matching = [...this.ring].filter((kept) => this.letsThrough(kept));
    this.sequence += 1;
    this.host.post({ kind: "snapshot", sequence: this.sequence, state: this.viewState(), rows: matching.map(rowOf) });
  }

  private letsThrough({ record }: KeptRecord): boolean {
    if (this.partition !== undefined && record.partition !== this.partition) return false;
    return this.filter === "" || holdsText(record, this.filter);
  }

  /** What the page is told beside the records. */
  viewState(): ViewState {
    const { topic, from, filter, partition, receivedCount, trouble } = this;
    const keptCount = this.ring.count;
    return {
      topic,
      mode: trouble === undefined ? (this.isPaused ? "paused" : "live") : "ended",
      from,
      filter,
      ...(partition === undefined ? {} : { partition }),
      partitions: this.topicView()?.partitions.map(partitionInfo) ?? [],
      receivedCount,
      keptCount,
      droppedCount: receivedCount - keptCount,
      keptCountMax: ringLimits.recordCountMax,
      waitingCount: this.waitingCount(),
      ...(trouble === undefined ? {} : { trouble }),
    };
  }

  private waitingCount(): number {
    const partitions = this.topicView()?.partitions ?? [];
    const isHeldBack = this.isPaused || (this.tail !== undefined && this.grantedCount <= 0);
    let count = 0;
    for (const { index, logStartOffset, highWatermark } of partitions) {
      const position = this.positions.get(index) ?? (this.from === "earliest" ? logStartOffset : highWatermark);
      if (isHeldBack) count += Math.max(0, highWatermark - position);
      // An engine that may send has sent: what the log holds more than that are markers and gaps, not records.
      else this.positions.set(index, Math.max(position, highWatermark));
    }
    return count;
  }

  private topicView(): TopicView | undefined {
    return this.host.session.cluster?.picture.topic(this.topic);
  }

  private topicGone(): Trouble {
    return {
      sentence: `The cluster has no topic ${this.topic} any more: create it and reading goes on.`,
      action: { title: "Create Topic", command: "createTopic" },
    };
  }
}

const clusterStopped: Trouble = {
  sentence: "The cluster is not running: start it and reading goes on.",
  action: { title: "Start Cluster", command: "startCluster" },
};

/** From the start where all of it fits in the view, so that nobody meets an empty page beside a full topic. */
export function startingPoint(topic: TopicView | undefined): From {
  const offsets = topic?.partitions.reduce((sum, one) => sum + one.highWatermark - one.logStartOffset, 0) ?? 0;
  return offsets <= ringLimits.recordCountMax ? "earliest" : "latest";
}

function rowOf({ id, record }: KeptRecord): Row {
  const { partition, offset, timestampMs, key, value } = record;
  return { id, partition, offset, timestampMs, key: previewOf(key), value: previewOf(value) };
}

function partitionInfo({ index, leaderId, logStartOffset, highWatermark }: PartitionInfo): PartitionInfo {
  return { index, leaderId, logStartOffset, highWatermark };
}
