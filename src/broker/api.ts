import type { ApiKey, RequestOf, ResponseDraftOf } from "../protocol/api-messages.ts";
import type { ServingBroker } from "./serving-broker.ts";

/** One API of the broker: a file of its own in `apis/`, registered in the table of apis.ts. */
export interface Api<Key extends ApiKey> {
  /** Calls `respond` (or one of the context's two other ways to finish) exactly once, now or later. */
  handle(request: RequestOf<Key>, context: RequestContext, respond: (response: ResponseDraftOf<Key>) => void): void;
}

/** What a handler may know of a request beside its content, and how it finishes other than by a response. */
export interface RequestContext {
  readonly broker: ServingBroker;
  /** The codec has already hidden most of what versions differ in; a rule that still needs this says which. */
  readonly apiVersion: number;
  /** Empty where the client gave none. */
  readonly clientId: string;
  /** The client asked for no response (Produce with acks 0); its next request is taken. */
  finishSilently(): void;
  /** No response can be given: close the connection, with `reason` in the log. Never holds record content. */
  closeConnection(reason: string): void;
  /** Disposed if the client goes away before it got its response: what waits for nobody. */
  releaseOnClose(waiting: Disposable): void;
}
