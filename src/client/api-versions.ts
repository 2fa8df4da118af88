import type { ApiKey } from "../protocol/api-messages.ts";

/**
 * The versions that Tapedeck's own clients speak. They meet no brokers but Tapedeck's, so there is nothing to
 * negotiate: the newest of each that names topics by name, but for Fetch, whose ids tell a topic from its namesake that
 * was deleted.
 */
export const clientVersions = {
  0: 12,
  1: 13,
  2: 8,
  3: 12,
  19: 7,
  20: 6,
  22: 4,
} as const satisfies { readonly [Key in ApiKey]?: number };

export type ClientApiKey = keyof typeof clientVersions;
