import { apiMessages } from "../../src/protocol/api-messages.ts";
import type { Fields as Schema, Field } from "../../src/protocol/schema/field.ts";
import type { Fields, Value } from "./conversation.ts";

/** The messages by the name of their API. The headers are made by hand, so that a wrong one in the engine shows. */
export type ApiName = (typeof apiMessages)[keyof typeof apiMessages]["name"];

interface Codec {
  readonly minVersion: number;
  readonly maxVersion: number;
  readonly fields: Schema;
  isFlexible(version: number): boolean;
  decode(bytes: Buffer, version: number): unknown;
  encode(draft: never, version: number): readonly Buffer[];
}

interface Api {
  readonly apiKey: number;
  readonly request: Codec;
  readonly response: Codec;
}

const apis: ReadonlyMap<string, Api> = new Map(
  Object.entries(apiMessages).map(([key, { name, request, response }]) => [
    name,
    { apiKey: Number(key), request: request, response: response },
  ]),
);

const apiVersionsKey = 18;

export interface OutgoingRequest {
  readonly api: ApiName;
  readonly version: number;
  readonly correlationId: number;
  readonly fields: Fields;
}

/** A request as a frame, length prefix included. */
export function encodeFrame({ api, version, correlationId, fields }: OutgoingRequest): Buffer {
  const { apiKey, request } = apiOf(api);
  refuseUnknownFields(fields, request.fields, api);
  const header = requestHeader({ apiKey, version, correlationId, isFlexible: request.isFlexible(version) });
  return frame(Buffer.concat([header, ...request.encode(fields as never, version)]));
}

export interface HeaderSpec {
  readonly apiKey: number;
  readonly version: number;
  readonly correlationId?: number;
  readonly clientId?: string | null;
  readonly isFlexible?: boolean;
}

export function requestHeader(spec: HeaderSpec): Buffer {
  const { apiKey, version, correlationId = 7, clientId = "oracle", isFlexible = false } = spec;
  const client = Buffer.from(clientId ?? "");
  const bytes = Buffer.alloc(10);
  bytes.writeInt16BE(apiKey, 0);
  bytes.writeInt16BE(version, 2);
  bytes.writeInt32BE(correlationId, 4);
  bytes.writeInt16BE(clientId === null ? -1 : client.length, 8);
  return Buffer.concat([bytes, client, Buffer.alloc(isFlexible ? 1 : 0)]);
}

/** Puts the length in front. */
export function frame(content: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(content.length);
  return Buffer.concat([length, content]);
}

export interface Answer {
  readonly correlationId: number;
  readonly fields: Fields;
}

/** Reads a response without its length prefix. Throws where it isn't one. */
export function decodeAnswer(bytes: Buffer, api: ApiName, version: number): Answer {
  const { apiKey, response } = apiOf(api);
  // Responses to ApiVersions never have the longer header: its asker may not know what it is answered in.
  const headerByteCount = response.isFlexible(version) && apiKey !== apiVersionsKey ? 5 : 4;
  if (bytes.length < headerByteCount) throw new Error(`an answer of ${bytes.length} bytes has no header`);
  const fields = response.decode(bytes.subarray(headerByteCount), version) as Fields;
  return { correlationId: bytes.readInt32BE(0), fields };
}

export function versionsOf(api: ApiName): { readonly min: number; readonly max: number } {
  const { request } = apiOf(api);
  return { min: request.minVersion, max: request.maxVersion };
}

export function apiKeyOf(api: ApiName): number {
  return apiOf(api).apiKey;
}

export function isFlexible(api: ApiName, version: number): boolean {
  return apiOf(api).request.isFlexible(version);
}

function apiOf(name: string): Api {
  const api = apis.get(name);
  if (api === undefined) throw new Error(`there is no API called ${name}`);
  return api;
}

/** The codec overlooks names that it doesn't know; a conversation with a misspelt field would ask something else. */
function refuseUnknownFields(fields: Fields, schema: Schema, path: string): void {
  for (const [name, value] of Object.entries(fields)) {
    const field: Field | undefined = schema[name];
    if (field === undefined) throw new Error(`${path} has no field ${name}`);
    for (const struct of structsIn(value)) refuseUnknownFields(struct, field.fields ?? {}, `${path}.${name}`);
  }
}

function structsIn(value: Value): readonly Fields[] {
  if (value === null || typeof value !== "object" || Buffer.isBuffer(value)) return [];
  return Array.isArray(value) ? (value as readonly Value[]).flatMap(structsIn) : [value as Fields];
}
