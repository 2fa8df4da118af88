import assert from "node:assert/strict";
import { describe, it } from "mocha";
import * as content from "../../../src/coordination/zookeeper/znode-content.ts";
import { MalformedZnodeError } from "../../../src/coordination/zookeeper/znode-json.ts";
import { goldenZnodes } from "../../builders/golden-znodes.ts";

type Rewrite = (data: Buffer) => Buffer;

/** Which reader and which writer a path's data goes through. */
const rewrites: readonly (readonly [RegExp, Rewrite])[] = [
  [/^\/cluster\/id$/, (data) => content.writeClusterId(content.readClusterId(data))],
  [/^\/controller$/, (data) => content.writeController(content.readController(data))],
  [/^\/controller_epoch$/, (data) => content.writeControllerEpoch(content.readControllerEpoch(data))],
  [/^\/feature$/, (data) => content.writeFeatures(content.readFeatures(data))],
  [/^\/brokers\/ids\/\d+$/, (data) => content.writeBroker(content.readBroker(data))],
  [/^\/brokers\/topics\/[^/]+$/, (data) => content.writeTopic(content.readTopic(data))],
  [/\/partitions\/\d+\/state$/, (data) => content.writePartitionState(content.readPartitionState(data))],
  [/^\/config\/topics\/[^/]+$/, (data) => content.writeConfigs(content.readConfigs(data))],
];

describe("what Kafka keeps in its znodes", () => {
  for (const stage of ["A", "B", "C", "D"]) {
    it(`is read and written byte for byte as in stage ${stage} of a running Kafka`, function () {
      const znodes = goldenZnodes(stage);
      if (znodes === undefined) return this.skip();
      let count = 0;
      for (const { path, data } of znodes.values()) {
        const rewrite = rewrites.find(([pattern]) => pattern.test(path))?.[1];
        assert.equal(rewrite === undefined, data === "", `${path} has data and somebody who knows it`);
        if (rewrite === undefined) continue;
        assert.equal(rewrite(Buffer.from(data)).toString(), data, path);
        count += 1;
      }
      assert.ok(count >= 13, `${String(count)} znodes with data`);
    });
  }

  it("holds what was read", () => {
    const broker = {
      endpoints: [
        { listenerName: "INTERNAL", securityProtocol: "SSL", host: "::1", port: 9093 },
        { listenerName: "PLAIN", securityProtocol: "PLAINTEXT", host: "b1", port: 9092 },
      ],
      rack: "r1",
      timestampMs: 1_700_000_000_000,
    };
    const written = content.writeBroker(broker);
    assert.deepEqual(content.readBroker(written), broker);
    assert.equal(
      written.toString(),
      '{"features":{},"listener_security_protocol_map":{"INTERNAL":"SSL","PLAIN":"PLAINTEXT"},' +
        '"endpoints":["INTERNAL://[::1]:9093","PLAIN://b1:9092"],"rack":"r1","jmx_port":-1,"port":9092,"host":"b1",' +
        '"version":5,"timestamp":"1700000000000"}',
    );
    const noPlain = { ...broker, endpoints: broker.endpoints.slice(0, 1), rack: null };
    assert.match(content.writeBroker(noPlain).toString(), /"port":-1,"host":null,/);
    assert.deepEqual(content.readBroker(content.writeBroker(noPlain)), noPlain);
  });

  it("says that a partition's leader has not recovered, and only then", () => {
    const state = { controllerEpoch: 3, leaderId: -1, leaderEpoch: 4, inSyncReplicas: [2], isRecovering: true };
    const written = content.writePartitionState(state);
    assert.equal(
      written.toString(),
      '{"controller_epoch":3,"leader":-1,"version":1,"leader_recovery_state":1,"leader_epoch":4,"isr":[2]}',
    );
    assert.deepEqual(content.readPartitionState(written), state);
  });

  it("has partitions in the order of Scala's hash table, and gives them back in their own", () => {
    const partitions = new Map(Array.from({ length: 13 }, (_, index) => [index, [index % 3]] as const));
    const none = new Map<number, readonly number[]>();
    const topic = { topicId: null, partitions, addingReplicas: none, removingReplicas: none };
    const written = content.writeTopic(topic).toString();
    assert.match(written, /"version":2\}$/);
    const keys = [...written.matchAll(/"(\d+)":/g)].map(([, key]) => key);
    // From the twelfth entry on the table has 32 slots: "11" and "12" hash to 0 and 1, "0" to 16, "10" to 31.
    assert.equal(keys.join(), "11,12,0,1,2,3,4,5,6,7,8,9,10");
    assert.deepEqual(content.readTopic(Buffer.from(written)), topic);
    assert.deepEqual([...content.readTopic(Buffer.from(written)).partitions.keys()], [...partitions.keys()]);
  });

  it("names producer ids by their first and their last", () => {
    const block = { brokerId: 1, firstProducerId: 1000, limitExclusive: 2000 };
    const written = content.writeProducerIdBlock(block);
    assert.equal(written.toString(), '{"version":1,"broker":1,"block_start":"1000","block_end":"1999"}');
    assert.deepEqual(content.readProducerIdBlock(written), block);
  });

  it("has notices and requests to the controller", () => {
    const partitions = [
      { topic: "orders", partition: 0 },
      { topic: "orders", partition: 2 },
    ];
    assert.equal(
      content.writePartitionList(partitions).toString(),
      '{"version":1,"partitions":[{"topic":"orders","partition":0},{"topic":"orders","partition":2}]}',
    );
    assert.deepEqual(content.readPartitionList(content.writePartitionList(partitions)), partitions);
    const wanted = [{ topic: "orders", partition: 0, replicas: [1, 2] }];
    assert.equal(
      content.writeReassignments(wanted).toString(),
      '{"version":1,"partitions":[{"topic":"orders","partition":0,"replicas":[1,2]}]}',
    );
    assert.deepEqual(content.readReassignments(content.writeReassignments(wanted)), wanted);
    assert.equal(content.writeLogDirEvent(2).toString(), '{"version":1,"broker":2,"event":1}');
    assert.equal(content.readLogDirEvent(content.writeLogDirEvent(2)), 2);
    assert.equal(content.writeConfigChange("topics/t").toString(), '{"version":2,"entity_path":"topics/t"}');
    assert.equal(content.readConfigChange(content.writeConfigChange("topics/t")), "topics/t");
  });

  it("takes a config node without data for one without configurations", () => {
    assert.deepEqual(content.readConfigs(null), new Map());
    assert.equal(content.writeConfigs(new Map()).toString(), '{"version":1,"config":{}}');
  });

  it("is refused where it is not what it should be, with the place", () => {
    const refused: readonly (readonly [() => unknown, RegExp])[] = [
      [() => content.readController(Buffer.from("{")), /is not JSON/],
      [() => content.readController(null), /is not JSON/],
      [() => content.readController(Buffer.from("[]")), /the data is not an object/],
      [() => content.readController(Buffer.from('{"brokerid":"1"}')), /brokerid of the data is not a whole number/],
      [() => content.readControllerEpoch(Buffer.from("x")), /"x" is not a controller epoch/],
      [() => content.readBroker(Buffer.from('{"endpoints":["no"]}')), /item 0 of endpoints of the data is no endpoint/],
      [() => content.readTopic(Buffer.from('{"partitions":{"x":[]}}')), /x of partitions of the data is not a/],
      [() => content.readPartitionState(Buffer.from('{"controller_epoch":1}')), /the data has no leader/],
    ];
    for (const [read, message] of refused) {
      assert.throws(read, (error) => error instanceof MalformedZnodeError && message.test(error.message));
    }
  });
});
