import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { ClusterOptions, TailRecord } from "../../../src/cluster/engine-messages.ts";
import { ClusterSession } from "../../../src/extension/engine/cluster-session.ts";
import { MessageFeed, startingPoint } from "../../../src/extension/messages/message-feed.ts";
import type { HostMessage } from "../../../src/webview/messages.ts";
import { delta, HandClock, partition, record, ScriptedEngine, topic, view } from "../builders.ts";

const options: ClusterOptions = { brokerCount: 1, host: "127.0.0.1", port: 0, storage: { kind: "memory" } };

/** A feed of `orders` whose page answers at once, unless it is told to be slow. */
async function feedOf(start = view([topic("orders")])) {
  const engine = new ScriptedEngine(start);
  const session = new ClusterSession(engine.opener);
  await session.start(options);
  const clock = new HandClock();
  const messages: HostMessage[] = [];
  const page = { isSlow: false };
  const feed: MessageFeed = new MessageFeed("orders", {
    session,
    later: clock.later,
    post: (message) => {
      messages.push(message);
      if (message.kind !== "details" && !page.isSlow) feed.pageShows(message.sequence);
    },
  });
  const send = (...records: readonly TailRecord[]) => {
    const tailId = engine.asked("openTail").at(-1)?.tail.tailId ?? 0;
    engine.listener?.onNews({ kind: "tailRecords", tailId, records });
  };
  const shownOffsets = () =>
    messages.flatMap((message) => ("rows" in message ? message.rows.map(({ offset }) => offset) : []));
  const stateNow = () => messages.findLast((message) => "state" in message)?.state;
  const granted = () => engine.asked("grantTail").reduce((sum, { count }) => sum + count, 0);
  return { engine, session, clock, messages, page, feed, send, shownOffsets, stateNow, granted };
}

describe("A message feed", () => {
  it("reads from the start what fits in the view, and only what is new of a larger topic", () => {
    assert.equal(startingPoint(topic("orders")), "earliest");
    assert.equal(startingPoint(topic("orders", { partitions: [partition(0, { highWatermark: 5_001 })] })), "latest");
    const trimmed = partition(0, { logStartOffset: 1_000_000, highWatermark: 1_000_010 });
    assert.equal(startingPoint(topic("orders", { partitions: [trimmed] })), "earliest");
  });

  it("gives a page that is loaded a snapshot, and then only what is new", async () => {
    const { feed, send, clock, messages, shownOffsets } = await feedOf();
    send(record(0));
    feed.pageReady();
    clock.pass(100);
    send(record(1), record(2));
    clock.pass(100);
    assert.deepEqual(
      messages.map(({ kind }) => kind),
      ["snapshot", "update"],
    );
    assert.deepEqual(shownOffsets(), [0, 1, 2]);
  });

  it("updates the page at most ten times a second", async () => {
    const { feed, send, clock, messages } = await feedOf();
    feed.pageReady();
    for (let offset = 0; offset < 150; offset += 1) {
      send(record(offset));
      clock.pass(10);
    }
    assert.ok(messages.length <= 17, `${messages.length} messages in 1.5 seconds`);
  });

  it("grants no more before the page shows what it got", async () => {
    const { feed, page, send, clock, granted, messages } = await feedOf();
    feed.pageReady();
    const batch = (start: number) => Array.from({ length: 150 }, (_, index) => record(start + index));
    send(...batch(0));
    clock.pass(300);
    page.isSlow = true;
    const before = granted();
    send(...batch(150));
    clock.pass(2_000);
    const { sequence } = messages.at(-1) as { sequence: number };
    assert.equal(granted(), before, "nothing while the page draws");
    feed.pageShows(sequence);
    clock.pass(100);
    assert.ok(granted() > before, "more once it has drawn");
  });

  it("never lets more be under way than its bounds, however fast the engine is", async () => {
    const { feed, send, clock, granted, engine } = await feedOf();
    feed.pageReady();
    let sent = 0;
    const first = engine.asked("openTail")[0]?.tail.count ?? 0;
    for (let round = 0; round < 50; round += 1) {
      const allowed = first + granted() - sent;
      assert.ok(allowed <= 2_000, `${allowed} records may be under way`);
      send(...Array.from({ length: allowed }, (_, index) => record(sent + index)));
      sent += allowed;
      clock.pass(100);
    }
    assert.ok(sent > 10_000, `only ${sent} records in five seconds`);
  });

  it("grants fewer records where they are large", async () => {
    const { feed, send, clock, granted } = await feedOf();
    feed.pageReady();
    send(...Array.from({ length: 200 }, (_, offset) => record(offset, { value: Buffer.alloc(1024 * 1024) })));
    clock.pass(200);
    assert.ok(granted() <= 8, `${granted()} records of a mebibyte`);
  });

  it("keeps the newest 5,000 and says how many older ones it dropped", async () => {
    const { feed, send, clock, stateNow, messages } = await feedOf();
    feed.pageReady();
    for (let start = 0; start < 6_000; start += 500) {
      send(...Array.from({ length: 500 }, (_, index) => record(start + index)));
      clock.pass(200);
    }
    assert.deepEqual(
      [stateNow()?.receivedCount, stateNow()?.keptCount, stateNow()?.droppedCount],
      [6_000, 5_000, 1_000],
    );
    const last = messages.at(-1);
    assert.equal(last?.kind === "update" && last.firstKeptId, 1_001);
  });

  it("shows nothing that comes after a pause until it goes on, and says how much waits", async () => {
    const { feed, session, engine, send, clock, shownOffsets, stateNow } = await feedOf();
    feed.pageReady();
    send(record(0));
    const moved = (offset: number) =>
      delta({ changedTopics: [topic("orders", { partitions: [partition(0, { highWatermark: offset })] })] });
    engine.listener?.onNews({ kind: "delta", delta: moved(1) });
    clock.pass(200);
    feed.setPaused(true);
    send(record(1));
    engine.listener?.onNews({ kind: "delta", delta: moved(3) });
    clock.pass(200);
    assert.deepEqual(shownOffsets(), [0]);
    assert.deepEqual([stateNow()?.mode, stateNow()?.waitingCount], ["paused", 2]);
    feed.setPaused(false);
    send(record(2));
    clock.pass(200);
    assert.deepEqual(shownOffsets(), [0, 1, 2]);
    assert.equal(stateNow()?.mode, "live");
    assert.equal(session.state, "running");
  });

  it("sends only what the filter lets through, by text and by partition", async () => {
    const { feed, send, clock, messages } = await feedOf();
    feed.pageReady();
    send(record(0), record(1), record(2, { partition: 1 }));
    feed.setFilter("KEY-1", undefined);
    assert.deepEqual(rowsOf(messages.at(-1)), [1]);
    feed.setFilter("", 1);
    assert.deepEqual(rowsOf(messages.at(-1)), [2]);
    send(record(3), record(4, { partition: 1 }));
    clock.pass(200);
    assert.deepEqual(rowsOf(messages.at(-1)), [4]);
  });

  it("goes on reading while nobody looks, and shows it all to the page that comes back", async () => {
    const { feed, send, clock, messages, granted } = await feedOf();
    feed.pageReady();
    feed.pageGone();
    const before = messages.length;
    send(...Array.from({ length: 200 }, (_, offset) => record(offset)));
    clock.pass(1_000);
    assert.equal(messages.length, before, "nothing is sent to a page that is not there");
    assert.ok(granted() > 0);
    feed.pageReady();
    assert.equal(rowsOf(messages.at(-1)).length, 200);
  });

  it("says what to do when the cluster stops, and keeps what it has", async () => {
    const { feed, session, send, clock, stateNow } = await feedOf();
    feed.pageReady();
    send(record(0));
    await session.stop();
    clock.pass(200);
    assert.equal(stateNow()?.mode, "ended");
    assert.equal(stateNow()?.trouble?.action?.command, "startCluster");
    assert.equal(stateNow()?.keptCount, 1);
  });

  it("reads anew when the cluster runs again", async () => {
    const { feed, session, engine, stateNow } = await feedOf();
    feed.pageReady();
    await session.stop();
    await session.start(options);
    assert.equal(engine.asked("openTail").length, 2);
    assert.deepEqual([stateNow()?.mode, stateNow()?.keptCount], ["live", 0]);
  });

  it("says what to do when the topic is deleted, and reads on when it is back", async () => {
    const { feed, engine, clock, stateNow } = await feedOf();
    feed.pageReady();
    engine.listener?.onNews({ kind: "delta", delta: delta({ removedTopics: ["orders"] }) });
    clock.pass(200);
    assert.equal(stateNow()?.trouble?.action?.command, "createTopic");
    engine.listener?.onNews({ kind: "delta", delta: delta({ changedTopics: [topic("orders")] }) });
    assert.equal(stateNow()?.mode, "live");
    assert.equal(engine.asked("openTail").length, 2);
  });

  it("tells a failed tail as a sentence, and tries again only when asked", async () => {
    const { feed, engine, clock, stateNow } = await feedOf();
    feed.pageReady();
    const tailId = engine.asked("openTail")[0]?.tail.tailId ?? 0;
    const failure = { errorName: "KAFKA_STORAGE_ERROR", sentence: "The disk refused." };
    engine.listener?.onNews({ kind: "tailFailed", tailId, failure });
    engine.listener?.onNews({ kind: "delta", delta: delta({ changedTopics: [topic("orders")] }) });
    clock.pass(200);
    assert.equal(stateNow()?.trouble?.sentence, "The disk refused: check the disk, or choose another data directory.");
    assert.equal(engine.asked("openTail").length, 1);
    feed.readFrom("earliest");
    assert.equal(engine.asked("openTail").length, 2);
  });

  it("hands out the details of a record while it keeps it", async () => {
    const { feed, send, messages } = await feedOf();
    feed.pageReady();
    send(record(0));
    feed.sendDetails(1);
    feed.sendDetails(99);
    const [found, gone] = messages.slice(-2);
    assert.ok(found?.kind === "details" && found.details?.offset === 0);
    assert.ok(gone?.kind === "details" && gone.details === undefined);
    assert.equal(feed.textOf(1, "value"), "value-0");
  });

  it("closes its tail when its panel is closed", async () => {
    const { feed, engine } = await feedOf();
    feed[Symbol.dispose]();
    assert.equal(engine.asked("closeTail").length, 1);
  });
});

function rowsOf(message: HostMessage | undefined): readonly number[] {
  return message !== undefined && "rows" in message ? message.rows.map(({ offset }) => offset) : [];
}
