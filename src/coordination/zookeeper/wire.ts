import { endFrame, startFrame } from "../../protocol/frame.ts";
import type { Message } from "../../protocol/schema/message.ts";
import { MalformedMessageError } from "../../protocol/schema/message-error.ts";
import { Reader } from "../../protocol/schema/reader.ts";
import {
  checkCode,
  eventXid,
  requestHeader,
  requestTypes,
  responseHeader,
  watchEvent,
  type RequestName,
  type WireRequest,
  type WireResponse,
} from "./wire-messages.ts";
import { zookeeperErrorOf, zookeeperErrors, type ZookeeperErrorName } from "./zookeeper-error.ts";
import type { CreateMode, Operation, ZnodeEvent, ZnodeEventType } from "./znode.ts";

const wireVersion = 0;

/** ZooKeeper's own limit (`jute.maxbuffer`). A longer request would cost the client its connection. */
export const requestByteCountMax = 0xfffff;

const requestNames = new Map<number, RequestName>();
for (const name of Object.keys(requestTypes) as RequestName[]) requestNames.set(requestTypes[name].code, name);

/** A frame that holds one message and nothing else. */
export function encodeMessage<Draft>(whole: Message<unknown, Draft>, draft: Draft): readonly Buffer[] {
  const writer = startFrame();
  whole.write(writer, draft, wireVersion);
  return endFrame(writer);
}

export function decodeMessage<Read>(whole: Message<Read, never>, frame: Buffer): Read {
  return whole.decode(frame, wireVersion);
}

// --- Requests

export function encodeRequest<Name extends RequestName>(
  name: Name,
  xid: number,
  request: WireRequest<Name>,
): readonly Buffer[] {
  const writer = startFrame();
  requestHeader.write(writer, { xid, type: requestTypes[name].code }, wireVersion);
  const body = requestTypes[name].request as Message<unknown>;
  body.write(writer, request, wireVersion);
  return endFrame(writer);
}

/** A request as it arrived: what is asked, and what is not read yet. */
export interface ReceivedRequest {
  readonly xid: number;
  /** Undefined where nobody knows what is asked. */
  readonly name: RequestName | undefined;
  readonly body: Reader;
}

/** Throws `MalformedMessageError`. */
export function readRequest(frame: Buffer): ReceivedRequest {
  const body = new Reader(frame);
  const { xid, type } = requestHeader.read(body, wireVersion);
  return { xid, name: requestNames.get(type), body };
}

export function readRequestBody<Name extends RequestName>(name: Name, { body }: ReceivedRequest): WireRequest<Name> {
  const whole = requestTypes[name].request as Message<unknown> as Message<WireRequest<Name>>;
  return whole.read(body, wireVersion);
}

// --- Responses and events

export interface ResponseHeader {
  readonly xid: number;
  readonly zxid: number;
  readonly error: ZookeeperErrorName;
}

export function encodeResponse<Name extends RequestName>(
  name: Name,
  header: Omit<ResponseHeader, "error">,
  response: WireResponse<Name>,
): readonly Buffer[] {
  const writer = startFrame();
  responseHeader.write(writer, { ...header, errorCode: 0 }, wireVersion);
  const body = requestTypes[name].response as Message<unknown>;
  body.write(writer, response, wireVersion);
  return endFrame(writer);
}

export function encodeError({ xid, zxid, error }: ResponseHeader): readonly Buffer[] {
  return encodeMessage(responseHeader, { xid, zxid, errorCode: zookeeperErrors[error] });
}

const eventCodes = { created: 1, deleted: 2, dataChanged: 3, childrenChanged: 4 } as const satisfies Record<
  ZnodeEventType,
  number
>;
const eventTypes = new Map<number, ZnodeEventType>();
for (const type of Object.keys(eventCodes) as ZnodeEventType[]) eventTypes.set(eventCodes[type], type);

export function encodeEvent(event: ZnodeEvent): readonly Buffer[] {
  const writer = startFrame();
  responseHeader.write(writer, { xid: eventXid, zxid: -1, errorCode: 0 }, wireVersion);
  watchEvent.write(writer, { type: eventCodes[event.type], path: event.path }, wireVersion);
  return endFrame(writer);
}

/** What the server said: the header, and what is not read yet. */
export interface ReceivedResponse extends ResponseHeader {
  readonly body: Reader;
}

/** Throws `MalformedMessageError`. */
export function readResponse(frame: Buffer): ReceivedResponse {
  const body = new Reader(frame);
  const { xid, zxid, errorCode } = responseHeader.read(body, wireVersion);
  return { xid, zxid, error: zookeeperErrorOf(errorCode), body };
}

export function readResponseBody<Name extends RequestName>(name: Name, { body }: ReceivedResponse): WireResponse<Name> {
  const whole = requestTypes[name].response as Message<unknown> as Message<WireResponse<Name>>;
  return whole.read(body, wireVersion);
}

/** Throws `MalformedMessageError`. */
export function readEvent({ body }: ReceivedResponse): ZnodeEvent {
  const { type: code, path } = watchEvent.read(body, wireVersion);
  const type = eventTypes.get(code);
  if (type === undefined) throw new MalformedMessageError(`an event of the type ${code}`);
  return { type, path };
}

// --- Operations

const modes: readonly CreateMode[] = ["persistent", "ephemeral", "persistentSequential", "ephemeralSequential"];

export function modeCodeOf(mode: CreateMode): number {
  return modes.indexOf(mode);
}

/** Throws `MalformedMessageError`. */
export function modeOf(code: number): CreateMode {
  const mode = modes[code];
  if (mode === undefined) throw new MalformedMessageError(`a create in the mode ${code}`);
  return mode;
}

type WireOperation = WireRequest<"multi">["operations"][number];

export function wireOperationOf(operation: Operation): WireOperation {
  const { type, path } = operation;
  const code = type === "check" ? checkCode : requestTypes[type].code;
  return {
    type: code,
    path,
    data: type === "create" || type === "setData" ? operation.data : null,
    version: type === "create" ? -1 : operation.version,
    mode: type === "create" ? modeCodeOf(operation.mode) : 0,
  };
}

/** Throws `MalformedMessageError`. */
export function operationOf({ type, path, data, version, mode }: WireOperation): Operation {
  switch (type) {
    case requestTypes.create.code:
      return { type: "create", path, data, mode: modeOf(mode) };
    case requestTypes.delete.code:
      return { type: "delete", path, version };
    case requestTypes.setData.code:
      return { type: "setData", path, data, version };
    case checkCode:
      return { type: "check", path, version };
    default:
      throw new MalformedMessageError(`an operation of the type ${type} in a multi`);
  }
}
