import {
  apiMessages,
  isApiKey,
  type ApiKey,
  type RequestDraftOf,
  type RequestOf,
  type ResponseDraftOf,
  type ResponseOf,
} from "./api-messages.ts";
import { requestHeader, responseHeader } from "./messages/headers.ts";
import type { Message } from "./schema/message.ts";
import { MalformedMessageError } from "./schema/message-error.ts";
import { Reader } from "./schema/reader.ts";
import { Writer } from "./schema/writer.ts";

const lengthByteCount = 4;
const apiVersionsKey = 18;

/** What goes before the body of a request, and where the body begins. */
export interface RequestHeader {
  readonly apiKey: number;
  readonly apiVersion: number;
  readonly correlationId: number;
  /** "" where the client gave none. */
  readonly clientId: string;
  /** First byte of the body in the frame. */
  readonly bodyPosition: number;
}

/** Only whether a version is flexible decides the header, so that a header can be read in a version unheard of. */
function requestHeaderVersion(apiKey: number, apiVersion: number): number {
  return isApiKey(apiKey) && apiMessages[apiKey].request.isFlexible(apiVersion) ? 2 : 1;
}

/** An ApiVersions response is read by clients that don't know yet what the broker speaks: its header is always v0. */
function responseHeaderVersion(apiKey: ApiKey, apiVersion: number): number {
  return apiKey !== apiVersionsKey && apiMessages[apiKey].response.isFlexible(apiVersion) ? 1 : 0;
}

/**
 * Reads the header of a request. Whether the API and its version are known is for the caller to see (`isVersionOf`).
 * Throws `MalformedMessageError`.
 */
export function readRequestHeader(frame: Buffer): RequestHeader {
  const start = new Reader(frame);
  const apiKey = start.int16();
  const apiVersion = start.int16();
  const reader = new Reader(frame);
  const { correlationId, clientId } = requestHeader.read(reader, requestHeaderVersion(apiKey, apiVersion));
  return { apiKey, apiVersion, correlationId, clientId: clientId ?? "", bodyPosition: reader.position };
}

/** True if the messages of `apiKey` are declared in `apiVersion`. */
export function isVersionOf(apiKey: ApiKey, apiVersion: number): boolean {
  const { minVersion, maxVersion } = apiMessages[apiKey].request;
  return apiVersion >= minVersion && apiVersion <= maxVersion;
}

/** Reads the body behind `header`, whose version is one that is declared. Throws `MalformedMessageError`. */
export function readRequest<Key extends ApiKey>(apiKey: Key, header: RequestHeader, frame: Buffer): RequestOf<Key> {
  const request = apiMessages[apiKey].request as Message<unknown> as Message<RequestOf<Key>>;
  return request.read(new Reader(frame, header.bodyPosition), header.apiVersion);
}

/** A whole response with its length in front, ready to be sent. Throws `UnsupportedFieldError`. */
export function encodeResponse<Key extends ApiKey>(
  apiKey: Key,
  apiVersion: number,
  correlationId: number,
  response: ResponseDraftOf<Key>,
): readonly Buffer[] {
  const writer = startFrame();
  responseHeader.write(writer, { correlationId }, responseHeaderVersion(apiKey, apiVersion));
  const body = apiMessages[apiKey].response as Message<unknown>;
  body.write(writer, response, apiVersion);
  return endFrame(writer);
}

/** A whole request with its length in front, ready to be sent. Throws `UnsupportedFieldError`. */
export function encodeRequest<Key extends ApiKey>(
  apiKey: Key,
  apiVersion: number,
  header: { readonly correlationId: number; readonly clientId: string | null },
  request: RequestDraftOf<Key>,
): readonly Buffer[] {
  const writer = startFrame();
  const start = { requestApiKey: apiKey, requestApiVersion: apiVersion };
  requestHeader.write(writer, { ...start, ...header }, requestHeaderVersion(apiKey, apiVersion));
  const body = apiMessages[apiKey].request as Message<unknown>;
  body.write(writer, request, apiVersion);
  return endFrame(writer);
}

/** Which request a response answers; it is needed to know what the rest of the frame is. */
export function readCorrelationId(frame: Buffer): number {
  return new Reader(frame).int32();
}

/** Reads the body of a response to a request of `apiKey` in `apiVersion`. Throws `MalformedMessageError`. */
export function readResponse<Key extends ApiKey>(apiKey: Key, apiVersion: number, frame: Buffer): ResponseOf<Key> {
  const reader = new Reader(frame);
  responseHeader.read(reader, responseHeaderVersion(apiKey, apiVersion));
  const response = apiMessages[apiKey].response as Message<unknown> as Message<ResponseOf<Key>>;
  return response.read(reader, apiVersion);
}

/** A writer that has kept the place of the length; end it with `endFrame`. */
export function startFrame(): Writer {
  const writer = new Writer();
  writer.int32(0);
  return writer;
}

/** The length is known last; the first chunk begins with the place that was kept for it. */
export function endFrame(writer: Writer): readonly Buffer[] {
  const frameByteCount = writer.byteCount - lengthByteCount;
  const chunks = writer.finish();
  chunks[0]?.writeInt32BE(frameByteCount, 0);
  return chunks;
}

/**
 * Cuts the bytes of a connection into frames: each an int32 length and that many bytes (KAFKA.md J.1).
 *
 * A frame that lies whole in one chunk is a view of it. One that is spread over many gets a buffer of its own when its
 * length is known, so that each byte is copied once and chunks don't pile up. A length that is not positive, or above
 * the limit, ends it all: nobody can say where the next frame would begin.
 */
export class FrameSplitter {
  private readonly frameByteCountMax: number;
  /** The length, as far as it has arrived, where a chunk ends within one. */
  private readonly lengthBytes = Buffer.alloc(lengthByteCount);
  private lengthBytesHeld = 0;
  /** The frame that is being put together from several chunks, and how much of it is there. */
  private partial: Buffer | undefined;
  private partialByteCount = 0;

  /** `frameByteCountMax` is what `socket.request.max.bytes` says. */
  constructor(frameByteCountMax: number) {
    this.frameByteCountMax = frameByteCountMax;
  }

  /**
   * Takes the next bytes and gives the frames that they complete, without their lengths, in order; to be iterated to
   * its end. Throws `MalformedMessageError` behind the last good frame, and is of no use afterwards.
   */
  *push(chunk: Buffer): Generator<Buffer, void> {
    let position = 0;
    while (position < chunk.length) {
      if (this.partial === undefined) {
        const bodyPosition = this.takeLength(chunk, position);
        if (this.lengthBytesHeld < lengthByteCount) return;
        const byteCount = this.frameByteCount();
        if (chunk.length - bodyPosition >= byteCount) {
          position = bodyPosition + byteCount;
          yield chunk.subarray(bodyPosition, position);
          continue;
        }
        position = bodyPosition;
        this.partial = Buffer.allocUnsafe(byteCount);
        this.partialByteCount = 0;
      }
      const copied = chunk.copy(this.partial, this.partialByteCount, position);
      this.partialByteCount += copied;
      position += copied;
      if (this.partialByteCount === this.partial.length) yield this.takePartial(this.partial);
    }
  }

  /** Answers where in `chunk` the length ends, or the chunk within it. */
  private takeLength(chunk: Buffer, position: number): number {
    const copied = chunk.copy(this.lengthBytes, this.lengthBytesHeld, position);
    this.lengthBytesHeld += copied;
    return position + copied;
  }

  private frameByteCount(): number {
    const byteCount = this.lengthBytes.readInt32BE(0);
    if (byteCount <= 0 || byteCount > this.frameByteCountMax) {
      throw new MalformedMessageError(
        `a frame of ${byteCount} bytes, where 1 to ${this.frameByteCountMax} are allowed`,
      );
    }
    this.lengthBytesHeld = 0;
    return byteCount;
  }

  private takePartial(frame: Buffer): Buffer {
    this.partial = undefined;
    return frame;
  }
}
