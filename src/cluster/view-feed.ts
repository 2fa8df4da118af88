import type { ClusterMetadata } from "../coordination/cluster-metadata.ts";
import type { Timers } from "../runtime/runtime.ts";
import type { ClusterDelta, ClusterView } from "./cluster-view.ts";
import { clusterDelta, clusterView, coalesceMs, type ViewSource } from "./cluster-views.ts";

/**
 * Turns a stream of small changes into few deltas: a change marks its topic, and the marked topics are drawn together
 * a moment later. What it costs grows with the topics that changed, never with the records.
 */
export class ViewFeed implements Disposable {
  private readonly timers: Timers;
  private readonly source: () => ViewSource;
  private readonly listeners = new Set<(delta: ClusterDelta) => void>();
  private readonly changedTopics = new Set<string>();
  private timer: Disposable | undefined;

  constructor(timers: Timers, source: () => ViewSource) {
    this.timers = timers;
    this.source = source;
  }

  view(): ClusterView {
    return clusterView(this.source());
  }

  listen(listener: (delta: ClusterDelta) => void): Disposable {
    this.listeners.add(listener);
    return { [Symbol.dispose]: () => this.listeners.delete(listener) };
  }

  /** Something about one of the topic's partitions, or with no topic about a broker, is not as it was drawn. */
  onChange(topic: string | undefined): void {
    if (topic !== undefined) this.changedTopics.add(topic);
    this.schedule();
  }

  onMetadata(metadata: ClusterMetadata, previous: ClusterMetadata): void {
    for (const [name, topic] of metadata.topics) {
      if (previous.topics.get(name) !== topic) this.changedTopics.add(name);
    }
    for (const name of previous.topics.keys()) {
      if (!metadata.topics.has(name)) this.changedTopics.add(name);
    }
    this.schedule();
  }

  private schedule(): void {
    if (this.listeners.size === 0) {
      this.changedTopics.clear();
      return;
    }
    this.timer ??= this.timers.schedule("draw changes", coalesceMs, () => {
      this.timer = undefined;
      const delta = clusterDelta(this.source(), this.changedTopics);
      this.changedTopics.clear();
      for (const listener of this.listeners) listener(delta);
    });
  }

  [Symbol.dispose](): void {
    this.timer?.[Symbol.dispose]();
    this.listeners.clear();
  }
}
