import { apiMessages } from "../protocol/api-messages.ts";
import type { ApiKey } from "../protocol/api-messages.ts";

/** Versions of one API that this broker says it speaks. */
export interface ApiClaim {
  readonly apiKey: number;
  readonly minVersion: number;
  readonly maxVersion: number;
}

const produceKey = 0;

/**
 * What ApiVersions answers: exactly the APIs that have a handler, in the versions that their messages have. The one
 * claim beyond that is Kafka's own: Produce from version 0, because librdkafka takes a higher minimum as a sign of a
 * broker that is too old for it (KIP-896, KAFKA.md J.2). A request in such a version closes the connection.
 */
export function apiClaims(apiKeys: readonly ApiKey[]): readonly ApiClaim[] {
  return [...apiKeys]
    .sort((left, right) => left - right)
    .map((apiKey) => {
      const { minVersion, maxVersion } = apiMessages[apiKey].request;
      return { apiKey, minVersion: apiKey === produceKey ? 0 : minVersion, maxVersion };
    });
}
