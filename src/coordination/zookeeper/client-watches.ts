import type { ZnodeEvent } from "./znode.ts";

/** Hears once of what it was left for. */
export type Watch = (event: ZnodeEvent) => void;

/** Left on the data of a node, on a path that has none yet, or on the children of a node. */
export type WatchKind = "data" | "exists" | "child";

/**
 * The watches that a client has left at the server, with who is to be told. The server forgets them with the
 * connection; the client leaves them again on the next one.
 */
export class ClientWatches {
  private readonly watches: Readonly<Record<WatchKind, Map<string, Set<Watch>>>> = {
    data: new Map(),
    exists: new Map(),
    child: new Map(),
  };

  add(kind: WatchKind, path: string, watch: Watch): void {
    const known = this.watches[kind].get(path);
    if (known === undefined) this.watches[kind].set(path, new Set([watch]));
    else known.add(watch);
  }

  pathsOf(kind: WatchKind): readonly string[] {
    return [...this.watches[kind].keys()];
  }

  /** Who is to be told of `event`, each once. */
  take(event: ZnodeEvent): readonly Watch[] {
    switch (event.type) {
      case "created":
      case "dataChanged":
        return this.takeFrom(["data", "exists"], event.path);
      case "childrenChanged":
        return this.takeFrom(["child"], event.path);
      case "deleted":
        return this.takeFrom(["data", "exists", "child"], event.path);
    }
  }

  clear(): void {
    for (const watches of Object.values(this.watches)) watches.clear();
  }

  private takeFrom(kinds: readonly WatchKind[], path: string): readonly Watch[] {
    const taken = new Set<Watch>();
    for (const kind of kinds) {
      for (const watch of this.watches[kind].get(path) ?? []) taken.add(watch);
      this.watches[kind].delete(path);
    }
    return [...taken];
  }
}
