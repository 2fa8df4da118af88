import { array, bool, bytes, int16, int32, int64, int8, string, struct } from "../../protocol/schema/field.ts";
import { message, type MessageOf } from "../../protocol/schema/message.ts";

/*
 * What a client and the server say to each other: ZooKeeper's conversation in this project's own encoding, version 0.
 *
 * Every message is a frame: a length of four bytes and that many bytes. The first frame each way opens the session.
 * After it the client sends a header and a request, and the server answers in order with a header and, if there is no
 * error, a response. What the server says unasked (watches) has the header of no request.
 */

/** In a response's header: what comes is no answer but an event that a watch was waiting for. */
export const eventXid = -1;
/** A heartbeat's. */
export const pingXid = -2;
/** The setting of watches that were left on a connection that is lost. */
export const setWatchesXid = -8;

const noFields = {};

const statFields = {
  czxid: int64({ versions: "0+", about: "Transaction that created the node." }),
  mzxid: int64({ versions: "0+", about: "Transaction that last set its data." }),
  pzxid: int64({ versions: "0+", about: "Transaction that last added or removed a child." }),
  ctimeMs: int64({ versions: "0+", about: "When it was created, by the server's wall clock." }),
  mtimeMs: int64({ versions: "0+", about: "When its data was last set." }),
  version: int32({ versions: "0+", about: "How often its data was set." }),
  cversion: int32({ versions: "0+", about: "How many children were added and removed." }),
  ephemeralOwner: int64({ versions: "0+", about: "Session that it goes away with; 0 for a persistent node." }),
  dataByteCount: int32({ versions: "0+", about: "Size of its data." }),
  childCount: int32({ versions: "0+", about: "How many children it has." }),
} as const;

const definition = { validVersions: "0", flexibleVersions: "none" } as const;
const versions = "0+";
const stat = struct({ versions, about: "What there is to say of the node beside its data." }, statFields);
const path = string({ versions, about: "Path of the node." });
const version = int32({ versions, about: "Version that the node's data must have; -1 is any." });
const data = bytes({ versions, nullable: "0+", about: "The node's data." });
const mode = int8({
  versions,
  about: "0 persistent, 1 ephemeral, 2 persistent and sequential, 3 ephemeral and sequential.",
});
const watch = bool({ versions, about: "Tell the client once when this is no longer so." });

/** Asks for a session, new or known; the first frame on every connection. */
export const connectRequest = message({
  ...definition,
  name: "ConnectRequest",
  fields: {
    protocolVersion: int32({ versions, about: "0." }),
    lastZxidSeen: int64({ versions, about: "Newest transaction that the client knows of." }),
    timeoutMs: int32({ versions, about: "How long the session should live without a word." }),
    sessionId: int64({ versions, about: "Session to go on with; 0 for a new one." }),
    password: bytes({ versions, about: "What the session's client was told when it began." }),
  },
});
export type ConnectRequest = MessageOf<typeof connectRequest>;

/** Grants a session. One that is over, or that somebody else asks for, is answered with a time-out of 0. */
export const connectResponse = message({
  ...definition,
  name: "ConnectResponse",
  fields: {
    protocolVersion: int32({ versions, about: "0." }),
    timeoutMs: int32({ versions, about: "How long the session lives without a word; 0 if it is over." }),
    sessionId: int64({ versions, about: "The session." }),
    password: bytes({ versions, about: "What to show when coming back to it." }),
  },
});
export type ConnectResponse = MessageOf<typeof connectResponse>;

/** Goes before every request. */
export const requestHeader = message({
  ...definition,
  name: "RequestHeader",
  fields: {
    xid: int32({ versions, about: "Number that the response repeats; -2 for a ping." }),
    type: int16({ versions, about: "What is asked." }),
  },
});

/** Goes before every response and every event. */
export const responseHeader = message({
  ...definition,
  name: "ResponseHeader",
  fields: {
    xid: int32({ versions, about: "Number of the request that this answers; -1 for an event." }),
    zxid: int64({ versions, about: "Newest transaction that the answer takes in; -1 for an event." }),
    errorCode: int16({ versions, about: "Why there is no response; 0 if there is no error." }),
  },
});

/** What a watch was waiting for. */
export const watchEvent = message({
  ...definition,
  name: "WatchEvent",
  fields: { type: int8({ versions, about: "1 created, 2 deleted, 3 data changed, 4 children changed." }), path },
});

const nothing = message({ ...definition, name: "Nothing", fields: noFields });

const createRequest = message({ ...definition, name: "CreateRequest", fields: { path, data, mode } });
const createResponse = message({ ...definition, name: "CreateResponse", fields: { path, stat } });
const deleteRequest = message({ ...definition, name: "DeleteRequest", fields: { path, version } });
const existsRequest = message({ ...definition, name: "ExistsRequest", fields: { path, watch } });
const statResponse = message({ ...definition, name: "StatResponse", fields: { stat } });
const getDataRequest = message({ ...definition, name: "GetDataRequest", fields: { path, watch } });
const getDataResponse = message({ ...definition, name: "GetDataResponse", fields: { data, stat } });
const setDataRequest = message({ ...definition, name: "SetDataRequest", fields: { path, data, version } });
const getChildrenRequest = message({ ...definition, name: "GetChildrenRequest", fields: { path, watch } });
const getChildrenResponse = message({
  ...definition,
  name: "GetChildrenResponse",
  fields: { names: array({ versions, about: "Names of the children, sorted by code unit." }, "string"), stat },
});

const multiRequest = message({
  ...definition,
  name: "MultiRequest",
  fields: {
    operations: array(
      { versions, about: "All or none of them are done, in this order." },
      {
        type: int16({ versions, about: "1 create, 2 delete, 5 set data, 13 check." }),
        path,
        data: bytes({ versions, nullable: "0+", default: null, about: "Data of a create or a set data." }),
        version: int32({ versions, default: -1, about: "Version that the node's data must have; -1 is any." }),
        mode: int8({ versions, default: 0, about: "Mode of a create." }),
      },
    ),
  },
});

const multiResponse = message({
  ...definition,
  name: "MultiResponse",
  fields: {
    results: array(
      { versions, about: "One for each operation." },
      {
        errorCode: int16({ versions, about: "Why nothing was done: 0 if this one is not at fault, -2 behind it." }),
        path: string({ versions, default: "", about: "Path of a node that was created." }),
        stat: struct({ versions, nullable: "0+", about: "Of a node that was created or set." }, statFields),
      },
    ),
  },
});

const pathLists = {
  dataPaths: array({ versions, about: "Nodes whose data is watched." }, "string"),
  existsPaths: array({ versions, about: "Paths without a node that are watched." }, "string"),
  childPaths: array({ versions, about: "Nodes whose children are watched." }, "string"),
} as const;

const setWatchesRequest = message({
  ...definition,
  name: "SetWatchesRequest",
  fields: {
    relativeZxid: int64({ versions, about: "Newest transaction that the client knows of: later ones are told." }),
    ...pathLists,
  },
});

/** All that can be asked, with ZooKeeper's numbers. */
export const requestTypes = {
  create: { code: 1, request: createRequest, response: createResponse },
  delete: { code: 2, request: deleteRequest, response: nothing },
  exists: { code: 3, request: existsRequest, response: statResponse },
  getData: { code: 4, request: getDataRequest, response: getDataResponse },
  setData: { code: 5, request: setDataRequest, response: statResponse },
  ping: { code: 11, request: nothing, response: nothing },
  getChildren: { code: 12, request: getChildrenRequest, response: getChildrenResponse },
  multi: { code: 14, request: multiRequest, response: multiResponse },
  setWatches: { code: 101, request: setWatchesRequest, response: nothing },
  closeSession: { code: -11, request: nothing, response: nothing },
} as const;
/** Only within a multi. */
export const checkCode = 13;

export type RequestName = keyof typeof requestTypes;
export type WireRequest<Name extends RequestName> = MessageOf<(typeof requestTypes)[Name]["request"]>;
export type WireResponse<Name extends RequestName> = MessageOf<(typeof requestTypes)[Name]["response"]>;
