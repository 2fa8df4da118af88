import { assert, unreachable } from "../../base/assert.ts";
import { encodeError, encodeResponse, modeOf, operationOf, readRequestBody, type ReceivedRequest } from "./wire.ts";
import type { RequestName, WireRequest, WireResponse } from "./wire-messages.ts";
import type { WatchTable } from "./watch-table.ts";
import { decideWrite } from "./write-decision.ts";
import { isZnodePath } from "./znode-path.ts";
import type { Applied, ZnodeTree } from "./znode-tree.ts";
import { zookeeperErrors, type ZookeeperErrorName, type ZookeeperFailure } from "./zookeeper-error.ts";
import type { Change, Operation, ZnodeEvent, ZnodeStat } from "./znode.ts";

/** Who asks. */
interface Asker<Watcher> {
  readonly sessionId: number;
  /** Whom the watches that a request leaves are told to. */
  readonly watcher: Watcher;
}

interface HandlerParts<Watcher> {
  readonly tree: ZnodeTree;
  readonly watches: WatchTable<Watcher>;
  /** Make a transaction of what was decided, and tell those who wait for it. */
  readonly transact: (changes: readonly Change[]) => Applied;
  readonly tell: (watcher: Watcher, event: ZnodeEvent) => void;
}

/** The requests that this answers; the rest are about the session itself. */
type TreeRequestName = Exclude<RequestName, "closeSession">;

type Outcome<Name extends RequestName> = WireResponse<Name> | ZookeeperFailure;

/**
 * Answers requests about the tree, one after another. Watches that a write fires are told before its answer is made, so
 * that nobody sees newer data before the event that it was waiting for.
 */
export class RequestHandler<Watcher> {
  private readonly parts: HandlerParts<Watcher>;

  constructor(parts: HandlerParts<Watcher>) {
    this.parts = parts;
  }

  /** The frame to answer with. Throws `MalformedMessageError`. */
  answer(name: TreeRequestName, request: ReceivedRequest, asker: Asker<Watcher>): readonly Buffer[] {
    switch (name) {
      case "create":
        return this.reply(name, request, this.create(readRequestBody(name, request), asker));
      case "delete":
        return this.reply(name, request, this.delete(readRequestBody(name, request), asker) ?? {});
      case "setData":
        return this.reply(name, request, this.setData(readRequestBody(name, request), asker));
      case "multi":
        return this.reply(name, request, this.multi(readRequestBody(name, request), asker));
      case "exists":
        return this.reply(name, request, this.exists(readRequestBody(name, request), asker));
      case "getData":
        return this.reply(name, request, this.getData(readRequestBody(name, request), asker));
      case "getChildren":
        return this.reply(name, request, this.getChildren(readRequestBody(name, request), asker));
      case "setWatches":
        this.setWatches(readRequestBody(name, request), asker);
        return this.reply(name, request, {});
      case "ping":
        return this.reply(name, request, {});
      default:
        return unreachable(name);
    }
  }

  private reply<Name extends RequestName>(
    name: Name,
    { xid }: ReceivedRequest,
    outcome: Outcome<Name>,
  ): readonly Buffer[] {
    const zxid = this.parts.tree.lastZxid;
    return typeof outcome === "string"
      ? encodeError({ xid, zxid, error: outcome as ZookeeperFailure })
      : encodeResponse(name, { xid, zxid }, outcome);
  }

  // --- Writes

  private create({ path, data, mode }: WireRequest<"create">, { sessionId }: Asker<Watcher>): Outcome<"create"> {
    const written = this.write(sessionId, [{ type: "create", path, data, mode: modeOf(mode) }]);
    if (typeof written === "string") return written;
    const [done] = written;
    return { path: done?.path ?? path, stat: present(done?.stat) };
  }

  private delete(asked: WireRequest<"delete">, { sessionId }: Asker<Watcher>): ZookeeperFailure | undefined {
    const written = this.write(sessionId, [{ type: "delete", ...asked }]);
    return typeof written === "string" ? written : undefined;
  }

  private setData({ path, data, version }: WireRequest<"setData">, { sessionId }: Asker<Watcher>): Outcome<"setData"> {
    const written = this.write(sessionId, [{ type: "setData", path, data, version }]);
    return typeof written === "string" ? written : { stat: present(written[0]?.stat) };
  }

  /** The answer to a multi that was refused is no error by itself: it says of every operation what became of it. */
  private multi({ operations: asked }: WireRequest<"multi">, { sessionId }: Asker<Watcher>): Outcome<"multi"> {
    const operations = asked.map(operationOf);
    const decision = decideWrite(this.parts.tree, sessionId, operations);
    if (!decision.isAllowed) {
      this.parts.transact([]);
      return { results: decision.errors.map(refused) };
    }
    const written = this.done(decision.changes);
    const results = operations.map(({ type }) => {
      const done = type === "check" ? undefined : written.shift();
      return { errorCode: 0, path: type === "create" ? (done?.path ?? "") : "", stat: done?.stat ?? null };
    });
    return { results };
  }

  private write(sessionId: number, operations: readonly Operation[]): readonly Written[] | ZookeeperFailure {
    const decision = decideWrite(this.parts.tree, sessionId, operations);
    if (decision.isAllowed) return this.done(decision.changes);
    // A write that is refused takes a number all the same, as in ZooKeeper.
    this.parts.transact([]);
    return decision.error;
  }

  private done(changes: readonly Change[]): Written[] {
    const { stats } = this.parts.transact(changes);
    return changes.map((change, index) => ({ path: "path" in change ? change.path : "", stat: stats[index] }));
  }

  // --- Reads, each of which may leave a watch

  /** Its watch stays also where there is no node: that is how one waits for it. */
  private exists({ path, watch }: WireRequest<"exists">, { watcher }: Asker<Watcher>): Outcome<"exists"> {
    if (!isZnodePath(path)) return "BADARGUMENTS";
    if (watch) this.parts.watches.addDataWatch(path, watcher);
    const stat = this.parts.tree.stat(path);
    return stat === undefined ? "NONODE" : { stat };
  }

  private getData({ path, watch }: WireRequest<"getData">, { watcher }: Asker<Watcher>): Outcome<"getData"> {
    if (!isZnodePath(path)) return "BADARGUMENTS";
    const { tree } = this.parts;
    const stat = tree.stat(path);
    if (stat === undefined) return "NONODE";
    if (watch) this.parts.watches.addDataWatch(path, watcher);
    return { data: tree.data(path) ?? null, stat };
  }

  private getChildren({ path, watch }: WireRequest<"getChildren">, asker: Asker<Watcher>): Outcome<"getChildren"> {
    if (!isZnodePath(path)) return "BADARGUMENTS";
    const { tree } = this.parts;
    const stat = tree.stat(path);
    if (stat === undefined) return "NONODE";
    if (watch) this.parts.watches.addChildWatch(path, asker.watcher);
    return { names: tree.children(path) ?? [], stat };
  }

  /** Watches of a lost connection: what has happened meanwhile is told now, for the rest they are left again. */
  private setWatches(request: WireRequest<"setWatches">, { watcher }: Asker<Watcher>): void {
    const { relativeZxid, dataPaths, existsPaths, childPaths } = request;
    const { tree, watches, tell } = this.parts;
    for (const path of dataPaths) {
      const stat = tree.stat(path);
      if (stat === undefined) tell(watcher, { type: "deleted", path });
      else if (stat.mzxid > relativeZxid) tell(watcher, { type: "dataChanged", path });
      else watches.addDataWatch(path, watcher);
    }
    for (const path of existsPaths) {
      if (tree.has(path)) tell(watcher, { type: "created", path });
      else watches.addDataWatch(path, watcher);
    }
    for (const path of childPaths) {
      const stat = tree.stat(path);
      if (stat === undefined) tell(watcher, { type: "deleted", path });
      else if (stat.pzxid > relativeZxid) tell(watcher, { type: "childrenChanged", path });
      else watches.addChildWatch(path, watcher);
    }
  }
}

interface Written {
  readonly path: string;
  readonly stat: ZnodeStat | undefined;
}

function present(stat: ZnodeStat | undefined): ZnodeStat {
  assert(stat !== undefined, "a node that was written is there");
  return stat;
}

function refused(error: ZookeeperErrorName): WireResponse<"multi">["results"][number] {
  return { errorCode: zookeeperErrors[error], path: "", stat: null };
}
