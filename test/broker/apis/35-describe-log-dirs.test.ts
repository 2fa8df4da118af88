import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { batchOf, BrokerScene } from "../../builders/broker-scene.ts";

function scene(): BrokerScene {
  const made = new BrokerScene();
  made.createTopic("orders", { partitionCount: 2 });
  made.createTopic("payments");
  made.produce("orders", 1, batchOf(["a"]));
  return made;
}

type Asked = { readonly topic: string; readonly partitions: readonly number[] }[] | null;

/** What is told of each partition, as topic, index and size. */
function sizes(at: BrokerScene, topics: Asked) {
  const { results, errorCode } = at.ask(35, 4, { topics });
  assert.deepEqual([errorCode, results.length], [0, 1]);
  return results[0]?.topics.flatMap(({ name, partitions }) =>
    partitions.map(({ partitionIndex, partitionSize }) => [name, partitionIndex, partitionSize]),
  );
}

describe("DescribeLogDirs", () => {
  it("tells the size of every log for null", () => {
    const { byteLength } = batchOf(["a"]);
    assert.deepEqual(sizes(scene(), null), [
      ["orders", 0, 0],
      ["orders", 1, byteLength],
      ["payments", 0, 0],
    ]);
  });

  it("tells of those that are asked for and leaves out what it doesn't know", () => {
    const asked = [
      { topic: "orders", partitions: [0, 0, 9] },
      { topic: "nowhere", partitions: [0] },
    ];
    assert.deepEqual(sizes(scene(), asked), [["orders", 0, 0]]);
    assert.deepEqual(sizes(scene(), []), []);
  });

  it("knows how much room there is, or that it doesn't", () => {
    const [unbounded] = scene().ask(35, 4, { topics: [] }).results;
    assert.deepEqual([unbounded?.totalBytes, unbounded?.usableBytes], [-1, -1]);
    const [bounded] = new BrokerScene({ disk: { capacityBytes: 100_000 } }).ask(35, 4, { topics: [] }).results;
    assert.equal(bounded?.totalBytes, 100_000);
    assert.ok(bounded.usableBytes > 0);
  });
});
