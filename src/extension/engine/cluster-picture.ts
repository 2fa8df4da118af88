import type { BrokerView, ClusterDelta, ClusterView, TopicView } from "../../cluster/cluster-view.ts";

/**
 * The host's copy of a cluster's read model: the first picture with every delta applied since. Made for a thousand
 * topics at several deltas a second: a delta costs what it changes, and names are sorted only when one comes or goes.
 */
export class ClusterPicture {
  private brokerViews: readonly BrokerView[];
  private readonly topicViews: Map<string, TopicView>;
  private sortedNames: readonly string[] | undefined;

  constructor(view: ClusterView) {
    this.brokerViews = view.brokers;
    this.topicViews = new Map(view.topics.map((topic) => [topic.name, topic]));
  }

  get brokers(): readonly BrokerView[] {
    return this.brokerViews;
  }

  /** Ascending by code unit. */
  get topicNames(): readonly string[] {
    this.sortedNames ??= [...this.topicViews.keys()].sort();
    return this.sortedNames;
  }

  topic(name: string): TopicView | undefined {
    return this.topicViews.get(name);
  }

  broker(id: number): BrokerView | undefined {
    return this.brokerViews.find((broker) => broker.id === id);
  }

  apply(delta: ClusterDelta): void {
    this.brokerViews = delta.brokers;
    for (const name of delta.removedTopics) {
      if (this.topicViews.delete(name)) this.sortedNames = undefined;
    }
    for (const topic of delta.changedTopics) {
      if (!this.topicViews.has(topic.name)) this.sortedNames = undefined;
      this.topicViews.set(topic.name, topic);
    }
  }
}
