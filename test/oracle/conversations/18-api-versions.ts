import { frame, requestHeader } from "../codec.ts";
import { conversation, raw, request, requestEach, versions, type ConversationScript } from "../conversation.ts";

const softwareNames = ["oracle", "a", "a-b.c", "", "-a", "a-", "a b", "ä", ".", "a".repeat(300)];

/** Keys that a conversation about versions compares; the others are claimed when they are built. */
export const apiVersionsConversations: readonly ConversationScript[] = [
  conversation("api versions: every version", () =>
    requestEach("ApiVersions", versions(0, 4), (version) =>
      version >= 3 ? { clientSoftwareName: "oracle", clientSoftwareVersion: "1.0" } : {},
    ),
  ),
  conversation("api versions: an unsupported version is answered in version 0", () => [
    [5, 6, 99, 32_767].map((version) =>
      raw(frame(requestHeader({ apiKey: 18, version, isFlexible: true })), {
        waitMs: 3_000,
        answerAs: { api: "ApiVersions", version: 0 },
      }),
    ),
    raw(frame(requestHeader({ apiKey: 18, version: 7, isFlexible: true, clientId: null })), {
      waitMs: 3_000,
      answerAs: { api: "ApiVersions", version: 0 },
    }),
    request("ApiVersions", 1, {}),
  ]),
  conversation("api versions: negative versions", () => [
    raw(frame(requestHeader({ apiKey: 18, version: -1 })), { waitMs: 2_000 }),
  ]),
  conversation("api versions: names of client software", () => [
    softwareNames.map((clientSoftwareName) =>
      request("ApiVersions", 3, { clientSoftwareName, clientSoftwareVersion: "1.0" }),
    ),
    ["", "1", "1.0-beta", "-1", "1 0"].map((clientSoftwareVersion) =>
      request("ApiVersions", 4, { clientSoftwareName: "oracle", clientSoftwareVersion }),
    ),
  ]),
  conversation("api versions: asked again and again", () => [
    request("ApiVersions", 0, {}),
    request("Metadata", 9, { topics: [] }),
    request("ApiVersions", 2, {}),
    request("ApiVersions", 2, {}),
  ]),
];
