import { array, bytes, int32, int64, int8, string } from "../../protocol/schema/field.ts";
import { message } from "../../protocol/schema/message.ts";

/* What the coordination node writes to its disk, version 0. */

const definition = { validVersions: "0", flexibleVersions: "none" } as const;
const versions = "0+";

/** One transaction in the log. */
export const storedTransaction = message({
  ...definition,
  name: "StoredTransaction",
  fields: {
    zxid: int64({ versions, about: "Number of the transaction." }),
    timeMs: int64({ versions, about: "When it was decided, by the server's wall clock." }),
    changes: array(
      { versions, about: "What it changes, in order; empty for a write that was refused." },
      {
        type: int8({ versions, about: "1 create, 2 delete, 3 set data, 4 open session, 5 close session." }),
        path: string({ versions, default: "", about: "Path of the node." }),
        data: bytes({ versions, nullable: "0+", default: null, about: "Data of a create or set data; a password." }),
        sessionId: int64({ versions, default: 0, about: "The session, or a created node's ephemeral owner." }),
        timeoutMs: int32({ versions, default: 0, about: "How long an opened session lives without a word." }),
      },
    ),
  },
});

/** All that the server knows after a number of transactions. */
export const storedSnapshot = message({
  ...definition,
  name: "StoredSnapshot",
  fields: {
    lastZxid: int64({ versions, about: "The last transaction that is in it." }),
    sessions: array(
      { versions, about: "Sessions that are open." },
      {
        sessionId: int64({ versions, about: "The session." }),
        password: bytes({ versions, about: "What its client must show." }),
        timeoutMs: int32({ versions, about: "How long it lives without a word." }),
      },
    ),
    znodes: array(
      { versions, about: "All nodes, parents before their children." },
      {
        path: string({ versions, about: "Path of the node." }),
        data: bytes({ versions, nullable: "0+", about: "Its data." }),
        czxid: int64({ versions, about: "Transaction that created it." }),
        mzxid: int64({ versions, about: "Transaction that last set its data." }),
        pzxid: int64({ versions, about: "Transaction that last added or removed a child." }),
        ctimeMs: int64({ versions, about: "When it was created." }),
        mtimeMs: int64({ versions, about: "When its data was last set." }),
        version: int32({ versions, about: "How often its data was set." }),
        createdCount: int32({ versions, about: "How many children were created in it." }),
        ephemeralOwner: int64({ versions, about: "Session that it goes away with; 0 for a persistent node." }),
      },
    ),
  },
});
