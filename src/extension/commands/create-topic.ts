import { counted } from "../counted.ts";
import { partitionCountProblem, topicNameProblem } from "../topic-rules.ts";
import { done, needCluster, type Tools } from "./tools.ts";

/** Replication comes with a later issue; until then a partition has one replica. */
const replicationFactor = 1;

export async function createTopic(tools: Tools): Promise<void> {
  const { ui } = tools;
  const cluster = needCluster(tools);
  if (cluster === undefined) return;
  const name = await ui.askText({
    title: "Create a topic (1/2)",
    prompt: "Name of the topic",
    placeholder: "orders",
    problem: (text) => topicNameProblem(text, cluster.picture.topicNames),
  });
  if (name === undefined || name === "") return;
  const partitions = await ui.askText({
    title: `Create the topic ${name} (2/2)`,
    prompt: "Number of partitions",
    value: String(cluster.picture.brokers.length),
    problem: partitionCountProblem,
  });
  if (partitions === undefined) return;
  const partitionCount = Number(partitions);
  if (await done(tools, { kind: "createTopic", topic: { name, partitionCount, replicationFactor } })) {
    ui.say(`Created ${name} with ${counted(partitionCount, "partition")}`);
  }
}
