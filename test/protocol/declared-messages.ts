import { apiMessages } from "../../src/protocol/api-messages.ts";
import { requestHeader, responseHeader } from "../../src/protocol/messages/headers.ts";
import type { Message } from "../../src/protocol/schema/message.ts";

/** Every message that is declared, whatever it holds. */
export const declaredMessages: readonly Message<unknown>[] = [
  requestHeader,
  responseHeader,
  ...Object.values(apiMessages).flatMap(({ request, response }) => [
    request as Message<unknown>,
    response as Message<unknown>,
  ]),
];

/** The versions in which a message is declared. */
export function versionsOf({ minVersion, maxVersion }: Message<unknown>): readonly number[] {
  return Array.from({ length: maxVersion - minVersion + 1 }, (_, index) => minVersion + index);
}
