import type { ZnodeEvent } from "./znode.ts";

interface Watched {
  readonly dataPaths: Set<string>;
  readonly childPaths: Set<string>;
}

/**
 * Who waits for what in the tree. A watch is told of once and is gone then. A data watch waits for a node to be
 * created, set or deleted (and may be left where no node is yet); a child watch for children to come and go, or for the
 * node itself to go.
 */
export class WatchTable<Watcher> {
  private readonly dataWatchers = new Map<string, Set<Watcher>>();
  private readonly childWatchers = new Map<string, Set<Watcher>>();
  private readonly watched = new Map<Watcher, Watched>();

  /** How many watches there are. */
  get count(): number {
    let count = 0;
    for (const { dataPaths, childPaths } of this.watched.values()) count += dataPaths.size + childPaths.size;
    return count;
  }

  addDataWatch(path: string, watcher: Watcher): void {
    setIn(this.dataWatchers, path).add(watcher);
    this.watchedBy(watcher).dataPaths.add(path);
  }

  addChildWatch(path: string, watcher: Watcher): void {
    setIn(this.childWatchers, path).add(watcher);
    this.watchedBy(watcher).childPaths.add(path);
  }

  /** Who is to be told of `event`, each once, in the order of their coming. Their watches are used up. */
  take(event: ZnodeEvent): readonly Watcher[] {
    switch (event.type) {
      case "created":
      case "dataChanged":
        return this.takeData(event.path);
      case "childrenChanged":
        return this.takeChild(event.path);
      case "deleted":
        return [...new Set([...this.takeData(event.path), ...this.takeChild(event.path)])];
    }
  }

  /** Forget all that `watcher` waits for. */
  remove(watcher: Watcher): void {
    const watched = this.watched.get(watcher);
    if (watched === undefined) return;
    this.watched.delete(watcher);
    for (const path of watched.dataPaths) removeFrom(this.dataWatchers, path, watcher);
    for (const path of watched.childPaths) removeFrom(this.childWatchers, path, watcher);
  }

  private takeData(path: string): readonly Watcher[] {
    const watchers = [...(this.dataWatchers.get(path) ?? [])];
    this.dataWatchers.delete(path);
    for (const watcher of watchers) this.watchedBy(watcher).dataPaths.delete(path);
    return watchers;
  }

  private takeChild(path: string): readonly Watcher[] {
    const watchers = [...(this.childWatchers.get(path) ?? [])];
    this.childWatchers.delete(path);
    for (const watcher of watchers) this.watchedBy(watcher).childPaths.delete(path);
    return watchers;
  }

  private watchedBy(watcher: Watcher): Watched {
    const known = this.watched.get(watcher);
    if (known !== undefined) return known;
    const watched = { dataPaths: new Set<string>(), childPaths: new Set<string>() };
    this.watched.set(watcher, watched);
    return watched;
  }
}

function setIn<Watcher>(table: Map<string, Set<Watcher>>, path: string): Set<Watcher> {
  const known = table.get(path);
  if (known !== undefined) return known;
  const watchers = new Set<Watcher>();
  table.set(path, watchers);
  return watchers;
}

function removeFrom<Watcher>(table: Map<string, Set<Watcher>>, path: string, watcher: Watcher): void {
  const watchers = table.get(path);
  watchers?.delete(watcher);
  if (watchers?.size === 0) table.delete(path);
}
