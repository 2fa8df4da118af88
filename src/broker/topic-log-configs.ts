import type { ConfigOverrides } from "../coordination/cluster-metadata.ts";
import type { BrokerConfigLayers } from "../coordination/configs/config-resolution.ts";
import { brokerConfigNumber, topicConfigValues } from "../coordination/configs/typed-configs.ts";
import type { LogConfig } from "../log/log-config.ts";

/** What a topic's configuration means for its partitions here. */
export interface TopicLogConfig {
  readonly logConfig: LogConfig;
  readonly minInSyncReplicas: number;
}

/**
 * Topic configurations under one state of the broker's own. Most topics override nothing: they share one, resolved
 * once.
 */
export class TopicLogConfigs {
  private readonly layers: BrokerConfigLayers;
  private plain: TopicLogConfig | undefined;

  constructor(layers: BrokerConfigLayers) {
    this.layers = layers;
  }

  of(overrides: ConfigOverrides | undefined): TopicLogConfig {
    if (overrides !== undefined && overrides.size > 0) return this.resolve(overrides);
    this.plain ??= this.resolve(new Map());
    return this.plain;
  }

  private resolve(overrides: ConfigOverrides): TopicLogConfig {
    const { minInSyncReplicas, ...values } = topicConfigValues(overrides, this.layers);
    const producerIdExpirationMs = brokerConfigNumber("producer.id.expiration.ms", this.layers);
    return { logConfig: { ...values, producerIdExpirationMs }, minInSyncReplicas };
  }
}
