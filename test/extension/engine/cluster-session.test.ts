import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { ClusterOptions, EngineResult, TailRecord } from "../../../src/cluster/engine-messages.ts";
import { ClusterSession } from "../../../src/extension/engine/cluster-session.ts";
import { delta, record, ScriptedEngine, settle, topic, view } from "../builders.ts";

const options: ClusterOptions = { brokerCount: 3, host: "127.0.0.1", port: 9092, storage: { kind: "memory" } };

function sessionOf(engine = new ScriptedEngine()) {
  const session = new ClusterSession(engine.opener);
  const states: string[] = [];
  session.stateChanges.add((state) => states.push(state));
  return { engine, session, states };
}

describe("A cluster session", () => {
  it("goes from stopped over starting to running, and back over stopping", async () => {
    const { engine, session, states } = sessionOf();
    assert.equal(await session.start(options), undefined);
    assert.equal(session.cluster?.bootstrapServers, "127.0.0.1:9092");
    await session.stop();
    assert.deepEqual(states, ["starting", "running", "stopping", "stopped"]);
    assert.equal(session.cluster, undefined);
    assert.ok(engine.isClosed);
  });

  it("starts nothing twice", async () => {
    const { engine, session } = sessionOf();
    await Promise.all([session.start(options), session.start(options)]);
    assert.equal(engine.asked("start").length, 1);
  });

  it("leaves nothing running when a start fails, and says why", async () => {
    const { engine, session, states } = sessionOf();
    const failure = { errorName: "EADDRINUSE", sentence: "Port 9092 is taken." };
    engine.answer = () => ({ kind: "failed", failure });
    assert.deepEqual(await session.start(options), failure);
    assert.ok(engine.isClosed);
    assert.deepEqual(states, ["starting", "stopping", "stopped"]);
  });

  it("can be stopped while it starts", async () => {
    const { engine, session, states } = sessionOf();
    let finish: (result: EngineResult) => void = () => undefined;
    engine.answer = () => new Promise((resolve) => (finish = resolve));
    const starting = session.start(options);
    await settle();
    await session.stop();
    finish({ kind: "started", cluster: { bootstrapServers: "x", view: view(), startedInMs: 1 } });
    assert.equal(await starting, undefined);
    assert.deepEqual(states, ["starting", "stopping", "stopped"]);
    assert.equal(session.cluster, undefined);
  });

  it("is stopped when its engine crashes, tells why, and can start again", async () => {
    const { engine, session } = sessionOf();
    const crashes: string[] = [];
    const log: string[] = [];
    session.crashes.add((reason) => crashes.push(reason));
    session.logLines.add(({ sentence }) => log.push(sentence));
    await session.start(options);
    engine.listener?.onCrash("AssertionError: the high watermark never passes the log end");
    assert.equal(session.state, "stopped");
    assert.equal(crashes.length, 1);
    assert.match(log.join(), /never passes the log end/);
    assert.equal(await session.start(options), undefined);
    assert.equal(session.state, "running");
  });

  it("keeps its picture current", async () => {
    const { engine, session } = sessionOf();
    await session.start(options);
    const names = () => session.cluster?.picture.topicNames;
    engine.listener?.onNews({ kind: "delta", delta: delta({ changedTopics: [topic("b"), topic("a")] }) });
    assert.deepEqual(names(), ["a", "b"]);
    engine.listener?.onNews({ kind: "delta", delta: delta({ removedTopics: ["a"] }) });
    assert.deepEqual(names(), ["b"]);
  });

  it("brings the records of a tail to the one who opened it", async () => {
    const { engine, session } = sessionOf();
    await session.start(options);
    const seen: TailRecord[] = [];
    const handler = {
      onRecords: (records: readonly TailRecord[]) => void seen.push(...records),
      onFailed: () => undefined,
    };
    const tail = session.openTail({ topic: "orders", from: "latest", count: 10 }, handler);
    const tailId = engine.asked("openTail")[0]?.tail.tailId ?? 0;
    engine.listener?.onNews({ kind: "tailRecords", tailId, records: [record(0)] });
    engine.listener?.onNews({ kind: "tailRecords", tailId: tailId + 1, records: [record(1)] });
    tail.grant(5);
    tail[Symbol.dispose]();
    engine.listener?.onNews({ kind: "tailRecords", tailId, records: [record(2)] });
    assert.deepEqual(
      seen.map(({ offset }) => offset),
      [0],
    );
    assert.deepEqual(
      engine.asked("grantTail").map(({ count }) => count),
      [5],
    );
    assert.equal(engine.asked("closeTail").length, 1);
  });

  it("tells a tail that it could not be opened", async () => {
    const { engine, session } = sessionOf();
    await session.start(options);
    const failure = { errorName: "UNKNOWN_TOPIC_OR_PARTITION", sentence: "There is no topic orders." };
    engine.answer = () => ({ kind: "failed", failure });
    const failures: string[] = [];
    session.openTail(
      { topic: "orders", from: "latest", count: 10 },
      { onRecords: () => undefined, onFailed: ({ errorName }) => failures.push(errorName) },
    );
    await settle();
    assert.deepEqual(failures, ["UNKNOWN_TOPIC_OR_PARTITION"]);
  });

  it("answers with a failure what is asked while nothing runs", async () => {
    const { session } = sessionOf();
    const result = await session.request({ kind: "deleteTopic", name: "orders" });
    assert.equal(result.kind, "failed");
  });
});
