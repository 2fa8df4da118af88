import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { ClusterOptions } from "../../../src/cluster/engine-messages.ts";
import { consumeTopic } from "../../../src/extension/commands/consume-topic.ts";
import { copyBootstrapServers } from "../../../src/extension/commands/copy-bootstrap-servers.ts";
import { createTopic } from "../../../src/extension/commands/create-topic.ts";
import { deleteTopic } from "../../../src/extension/commands/delete-topic.ts";
import { headersProblem, parseHeaders, produceRecord } from "../../../src/extension/commands/produce-record.ts";
import { showMenu } from "../../../src/extension/commands/show-menu.ts";
import { startCluster } from "../../../src/extension/commands/start-cluster.ts";
import { stopCluster } from "../../../src/extension/commands/stop-cluster.ts";
import type { Tools } from "../../../src/extension/commands/tools.ts";
import { ClusterSession } from "../../../src/extension/engine/cluster-session.ts";
import { ScriptedEngine, topic, view } from "../builders.ts";
import { ScriptedUi } from "./scripted-ui.ts";

const options: ClusterOptions = { brokerCount: 3, host: "127.0.0.1", port: 9092, storage: { kind: "memory" } };

function toolsFor(ui: ScriptedUi, overrides: Partial<Tools> = {}) {
  const engine = new ScriptedEngine(view([topic("__consumer_offsets", { isInternal: true }), topic("orders")]));
  const session = new ClusterSession(engine.opener);
  const opened: string[] = [];
  const run: string[] = [];
  const tools: Tools = {
    session,
    ui,
    optionsNow: () => options,
    openMessages: (name) => opened.push(name),
    focusedTopic: () => undefined,
    showLog: () => undefined,
    runCommand: (command) => Promise.resolve(void run.push(command)),
    ...overrides,
  };
  return { engine, session, opened, run, tools };
}

async function runningToolsFor(ui: ScriptedUi, overrides: Partial<Tools> = {}) {
  const all = toolsFor(ui, overrides);
  await all.session.start(options);
  return all;
}

describe("Start Cluster and Stop Cluster", () => {
  it("start with the settings, say where clients connect, and stop", async () => {
    const ui = new ScriptedUi();
    const { engine, session, tools } = toolsFor(ui);
    await startCluster(tools);
    assert.deepEqual(engine.asked("start")[0]?.options, options);
    assert.deepEqual(ui.said, ["Tapedeck is ready at 127.0.0.1:9092"]);
    await stopCluster(tools);
    assert.equal(session.state, "stopped");
  });

  it("name the setting that is wrong and start nothing", async () => {
    const ui = new ScriptedUi();
    const { engine, tools } = toolsFor(ui, { optionsNow: () => "Set tapedeck.brokers to a number from 1 to 9." });
    await startCluster(tools);
    assert.equal(engine.requests.length, 0);
    assert.deepEqual(
      ui.problems[0]?.actions.map(({ title }) => title),
      ["Open Settings"],
    );
  });

  it("tell a failed start as one sentence with a next step", async () => {
    const ui = new ScriptedUi();
    const { engine, tools } = toolsFor(ui);
    engine.answer = () => ({ kind: "failed", failure: { errorName: "EADDRINUSE", sentence: "Port 9092 is taken." } });
    await startCluster(tools);
    assert.equal(ui.problems[0]?.sentence, "Port 9092 is taken: set tapedeck.port to another port.");
  });
});

describe("Create Topic", () => {
  it("asks for a name and a number of partitions", async () => {
    const ui = new ScriptedUi("payments", "6");
    const { engine, tools } = await runningToolsFor(ui);
    await createTopic(tools);
    assert.deepEqual(engine.asked("createTopic")[0]?.topic, {
      name: "payments",
      partitionCount: 6,
      replicationFactor: 1,
    });
    assert.deepEqual(ui.said, ["Created payments with 6 partitions"]);
  });

  it("creates nothing when the person goes away", async () => {
    for (const answers of [[undefined], [""], ["payments", undefined]]) {
      const { engine, tools } = await runningToolsFor(new ScriptedUi(...answers));
      await createTopic(tools);
      assert.equal(engine.asked("createTopic").length, 0);
    }
  });

  it("says what to do where no cluster runs", async () => {
    const ui = new ScriptedUi();
    await createTopic(toolsFor(ui).tools);
    assert.equal(ui.problems[0]?.sentence, "No cluster is running: start it first.");
  });
});

describe("Delete Topic", () => {
  it("deletes only after a yes", async () => {
    for (const [answer, count] of [
      ["yes", 1],
      ["no", 0],
    ] as const) {
      const ui = new ScriptedUi(answer);
      const { engine, tools } = await runningToolsFor(ui);
      await deleteTopic(tools, "orders");
      assert.equal(engine.asked("deleteTopic").length, count);
      assert.deepEqual(ui.asked, ["Delete the topic orders?"]);
    }
  });

  it("does not offer the cluster's own topics", async () => {
    const { engine, tools } = await runningToolsFor(new ScriptedUi("__consumer_offsets"));
    await deleteTopic(tools);
    assert.equal(engine.asked("deleteTopic").length, 0);
  });
});

describe("Produce Record", () => {
  const produced = (engine: ScriptedEngine) => engine.asked("produce")[0]?.record;

  it("sends key, value and headers, and says where the record went", async () => {
    const ui = new ScriptedUi("k", "v", "trace=4f1c, retry");
    const { engine, tools } = await runningToolsFor(ui);
    engine.answer = () => ({ kind: "produced", record: { partition: 1, offset: 42 } });
    await produceRecord(tools, "orders/1");
    const record = produced(engine);
    assert.equal(record?.topic, "orders");
    assert.equal(String(Buffer.from(record.key ?? [])), "k");
    assert.deepEqual(
      record.headers.map(({ key, value }) => [key, value && String(Buffer.from(value))]),
      [
        ["trace", "4f1c"],
        ["retry", null],
      ],
    );
    assert.deepEqual(ui.said, ["$(check) orders-1 @ 42"]);
  });

  it("tells no key from an empty one, and a tombstone from an empty value", async () => {
    const absent = await runningToolsFor(new ScriptedUi("<No key>", "<No value>", ""));
    await produceRecord(absent.tools, "orders");
    assert.deepEqual([produced(absent.engine)?.key, produced(absent.engine)?.value], [null, null]);
    const empty = await runningToolsFor(new ScriptedUi("<Empty key>", "<Empty value>", ""));
    await produceRecord(empty.tools, "orders");
    assert.deepEqual([produced(empty.engine)?.key?.byteLength, produced(empty.engine)?.value?.byteLength], [0, 0]);
  });

  it("takes the topic of the message view that has the focus", async () => {
    const { engine, tools } = await runningToolsFor(new ScriptedUi("k", "v", ""), { focusedTopic: () => "orders" });
    await produceRecord(tools);
    assert.equal(produced(engine)?.topic, "orders");
  });

  it("sends nothing when the person goes away at any question", async () => {
    for (const answers of [[undefined], ["k", undefined], ["k", "v", undefined]]) {
      const { engine, tools } = await runningToolsFor(new ScriptedUi(...answers));
      await produceRecord(tools, "orders");
      assert.equal(engine.asked("produce").length, 0);
    }
  });

  it("reads headers as pairs between commas, values with equals signs included", () => {
    assert.deepEqual(
      parseHeaders(" a=1=2 ,, b= ").map(({ key, value }) => [key, String(Buffer.from(value ?? []))]),
      [
        ["a", "1=2"],
        ["b", ""],
      ],
    );
    assert.equal(headersProblem("a=1"), undefined);
    assert.equal(headersProblem("=1"), 'Each header needs a name before its "=".');
  });
});

describe("Consume Topic", () => {
  it("opens the topic that is picked, or the tree's node that it is called on", async () => {
    const picking = await runningToolsFor(new ScriptedUi("__consumer_offsets"), { focusedTopic: () => "orders" });
    await consumeTopic(picking.tools);
    assert.deepEqual(picking.opened, ["__consumer_offsets"]);
    const calling = await runningToolsFor(new ScriptedUi());
    await consumeTopic(calling.tools, "orders/0");
    assert.deepEqual(calling.opened, ["orders"]);
  });
});

describe("Copy Bootstrap Servers", () => {
  it("copies what a client's configuration wants", async () => {
    const ui = new ScriptedUi();
    await copyBootstrapServers((await runningToolsFor(ui)).tools);
    assert.deepEqual(ui.copied, ["127.0.0.1:9092"]);
  });
});

describe("The status bar's menu", () => {
  it("offers what can be done now", async () => {
    const stopped = toolsFor(new ScriptedUi("Start Cluster"));
    await showMenu(stopped.tools);
    assert.deepEqual(stopped.run, ["tapedeck.startCluster"]);
    const running = await runningToolsFor(new ScriptedUi("Stop Cluster"));
    await showMenu(running.tools);
    assert.deepEqual(running.run, ["tapedeck.stopCluster"]);
  });
});
