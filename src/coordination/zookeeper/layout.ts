/*
 * Where Kafka keeps what in ZooKeeper (KAFKA.md E.2), and which nodes a first broker creates, in what order (S.3).
 */

export const controllerPath = "/controller";
export const controllerEpochPath = "/controller_epoch";
export const clusterIdPath = "/cluster/id";
export const brokerIdsPath = "/brokers/ids";
export const topicsPath = "/brokers/topics";
export const configChangesPath = "/config/changes";
export const deleteTopicsPath = "/admin/delete_topics";
export const reassignPartitionsPath = "/admin/reassign_partitions";
export const preferredElectionPath = "/admin/preferred_replica_election";
export const isrChangesPath = "/isr_change_notification";
export const logDirEventsPath = "/log_dir_event_notification";
export const producerIdBlockPath = "/latest_producer_id_block";
export const featurePath = "/feature";

/** Nodes that every broker creates where they are missing, parents first. All are empty. */
export const persistentPaths: readonly string[] = [
  "/consumers",
  "/brokers",
  brokerIdsPath,
  topicsPath,
  "/config",
  configChangesPath,
  "/admin",
  deleteTopicsPath,
  "/brokers/seqid",
  isrChangesPath,
  producerIdBlockPath,
  logDirEventsPath,
  "/config/topics",
  "/config/clients",
  "/config/users",
  "/config/brokers",
  "/config/ips",
];

export function brokerPath(brokerId: number): string {
  return `${brokerIdsPath}/${brokerId}`;
}

export function topicPath(topic: string): string {
  return `${topicsPath}/${topic}`;
}

/** Parent of a topic's partitions. */
export function partitionsPath(topic: string): string {
  return `${topicPath(topic)}/partitions`;
}

export function partitionPath(topic: string, partition: number): string {
  return `${partitionsPath(topic)}/${partition}`;
}

/** The version of this node's data is the partition epoch. */
export function partitionStatePath(topic: string, partition: number): string {
  return `${partitionPath(topic, partition)}/state`;
}

/** While it is there, the topic is being deleted. */
export function deleteTopicPath(topic: string): string {
  return `${deleteTopicsPath}/${topic}`;
}

type ConfigEntityType = "topics" | "brokers" | "clients" | "users" | "ips";

/** What a config change names and where the configs are: "topics/orders", below /config. */
export function configEntityPath(type: ConfigEntityType, name: string): string {
  return `${type}/${type === "clients" || type === "users" ? sanitized(name) : name}`;
}

/** `entityPath` as from `configEntityPath`. */
export function configPath(entityPath: string): string {
  return `/config/${entityPath}`;
}

/** To be created as sequential nodes; they get their number behind the last "_". */
export const configChangePrefix = `${configChangesPath}/config_change_`;
export const isrChangePrefix = `${isrChangesPath}/isr_change_`;
export const logDirEventPrefix = `${logDirEventsPath}/log_dir_event_`;

/** Names of users and clients may hold what a path may not: Kafka writes them as in a URL. "<default>" stays. */
function sanitized(name: string): string {
  if (name === "<default>") return name;
  let text = "";
  for (const byte of Buffer.from(name)) {
    const character = String.fromCharCode(byte);
    text += /[A-Za-z0-9._-]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return text;
}
