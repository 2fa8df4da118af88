import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { PortSearch, type PortSearchResult } from "../../src/broker/port-search.ts";
import type { Address, ListenerHandler, Network } from "../../src/runtime/runtime.ts";

/** A network on which ports fail with the given codes; notes what was tried and let go of. */
function scene(codes: ReadonlyMap<number, string>) {
  const tried: number[] = [];
  const released: number[] = [];
  const pending: (() => void)[] = [];
  const network: Network = {
    listen(address: Address, handler: ListenerHandler) {
      tried.push(address.port);
      const code = codes.get(address.port);
      pending.push(() => (code === undefined ? handler.onListening(address) : handler.onFailed(code)));
      return { [Symbol.dispose]: () => released.push(address.port) };
    },
    connect() {
      throw new Error("nobody connects");
    },
  };
  const results: PortSearchResult[] = [];
  const search = new PortSearch(
    network,
    () => {
      throw new Error("nobody connects");
    },
    (result) => results.push(result),
  );
  const settle = () => {
    for (let next = pending.shift(); next !== undefined; next = pending.shift()) next();
  };
  return { search, tried, released, results, settle };
}

const host = "127.0.0.1";

describe("A port search", () => {
  it("skips ports that are taken or not allowed", () => {
    const { search, results, settle } = scene(new Map([[9092, "EADDRINUSE"], [9093, "EACCES"]])); // prettier-ignore
    search.start({ host, port: 9092 });
    settle();
    assert.deepEqual(results, [{ kind: "listening", address: { host, port: 9094 } }]);
  });

  it("gives up where another port would not help, and at the last port there is", () => {
    const nowhere = scene(new Map([[9092, "EADDRNOTAVAIL"]]));
    nowhere.search.start({ host, port: 9092 });
    nowhere.settle();
    assert.deepEqual([nowhere.results, nowhere.tried], [[{ kind: "failed", code: "EADDRNOTAVAIL" }], [9092]]);
    const last = scene(new Map([[65535, "EADDRINUSE"]]));
    last.search.start({ host, port: 65535 });
    last.settle();
    assert.deepEqual(last.tried, [65535]);
  });

  it("gives up after a hundred ports", () => {
    const taken = new Map(Array.from({ length: 200 }, (_, index) => [9092 + index, "EADDRINUSE"]));
    const { search, results, tried, settle } = scene(taken);
    search.start({ host, port: 9092 });
    settle();
    assert.deepEqual([results.length, tried.length], [1, 100]);
  });

  it("says nothing once it was told to stop, and lets go of the port", () => {
    const { search, results, released, settle } = scene(new Map());
    search.start({ host, port: 9092 });
    search[Symbol.dispose]();
    settle();
    assert.deepEqual([results, released], [[], [9092]]);
  });
});
