import { isApiKey } from "../protocol/api-messages.ts";
import type { ResponseDraftOf } from "../protocol/api-messages.ts";
import { encodeResponse, isVersionOf, readRequest, readRequestHeader } from "../protocol/frame.ts";
import type { RequestHeader } from "../protocol/frame.ts";
import { MalformedMessageError } from "../protocol/schema/message-error.ts";
import type { Api, RequestContext } from "./api.ts";
import { apis } from "./apis.ts";
import type { ServedKey } from "./apis.ts";
import { unsupportedApiVersions } from "./apis/18-api-versions.ts";
import type { ClientConnection } from "./client-connection.ts";
import type { ServingBroker } from "./serving-broker.ts";

const apiVersionsKey = 18;

/** The same table, read by a key that is only known to be one of them. */
const table: { readonly [Key in ServedKey]: Api<Key> } = apis;

/** What the router needs of a connection. */
type Requester = Pick<ClientConnection, "finish" | "refuse" | "releaseOnClose">;

/** One request on its way through a handler; sees to it that it ends exactly once. */
class Exchange<Key extends ServedKey> implements RequestContext {
  readonly broker: ServingBroker;
  readonly apiVersion: number;
  readonly clientId: string;
  private readonly key: Key;
  private readonly correlationId: number;
  /** Undefined once the request is over. */
  private requester: Requester | undefined;

  constructor(broker: ServingBroker, key: Key, header: RequestHeader, requester: Requester) {
    this.broker = broker;
    this.key = key;
    this.apiVersion = header.apiVersion;
    this.clientId = header.clientId;
    this.correlationId = header.correlationId;
    this.requester = requester;
  }

  respond(response: ResponseDraftOf<Key>): void {
    this.take()?.finish(encodeResponse(this.key, this.apiVersion, this.correlationId, response));
  }

  finishSilently(): void {
    this.take()?.finish(undefined);
  }

  closeConnection(reason: string): void {
    this.take()?.refuse(reason);
  }

  releaseOnClose(waiting: Disposable): void {
    this.requester?.releaseOnClose(waiting);
  }

  private take(): Requester | undefined {
    const requester = this.requester;
    this.requester = undefined;
    return requester;
  }
}

function isServedKey(apiKey: number): apiKey is ServedKey {
  return isApiKey(apiKey) && Object.hasOwn(apis, apiKey);
}

/**
 * Takes one request frame apart and hands it to its handler. What can't be read, or nobody here speaks, closes the
 * connection it came on, as in Kafka: there is no response that such a client could understand (KAFKA.md J.2).
 */
export function routeRequest(frame: Buffer, broker: ServingBroker, requester: Requester): void {
  try {
    const header = readRequestHeader(frame);
    const { apiKey, apiVersion } = header;
    if (!isServedKey(apiKey)) {
      requester.refuse(`API ${apiKey} (version ${apiVersion}) is not served here`);
    } else if (isVersionOf(apiKey, apiVersion)) {
      dispatch(apiKey, new Exchange(broker, apiKey, header, requester), header, frame);
    } else if (apiKey === apiVersionsKey) {
      const response = unsupportedApiVersions(broker.apiClaims);
      requester.finish(encodeResponse(apiVersionsKey, 0, header.correlationId, response));
    } else {
      requester.refuse(`API ${apiKey} has no version ${apiVersion} here`);
    }
  } catch (error) {
    if (!(error instanceof MalformedMessageError)) throw error;
    requester.refuse(`a request that can't be read: ${error.message}`);
  }
}

function dispatch<Key extends ServedKey>(
  key: Key,
  exchange: Exchange<Key>,
  header: RequestHeader,
  frame: Buffer,
): void {
  const api: Api<Key> = table[key];
  const request = readRequest(key, header, frame);
  api.handle(request, exchange, (response) => exchange.respond(response));
}
