/**
 * What the extension adds to the editor, declared once. `package.json` must say the same (a test compares the two):
 * the editor reads it there, long before this code runs.
 */
const stopped =
  "tapedeck.clusterState != starting && tapedeck.clusterState != running && tapedeck.clusterState != stopping";
const running = "tapedeck.clusterState == running";
const category = "Tapedeck";

export const containerId = "tapedeck";
export const clusterViewId = "tapedeck.cluster";
export const topicsViewId = "tapedeck.topics";
export const messagesPanelId = "tapedeck.messages";
export const clusterStateKey = "tapedeck.clusterState";

export const commands = [
  { command: "tapedeck.startCluster", title: "Start Cluster", category, icon: "$(debug-start)", enablement: stopped },
  {
    command: "tapedeck.stopCluster",
    title: "Stop Cluster",
    category,
    icon: "$(debug-stop)",
    enablement: "tapedeck.clusterState == running || tapedeck.clusterState == starting",
  },
  { command: "tapedeck.createTopic", title: "Create Topic", category, icon: "$(add)", enablement: running },
  { command: "tapedeck.deleteTopic", title: "Delete Topic", category, icon: "$(trash)", enablement: running },
  { command: "tapedeck.produceRecord", title: "Produce Record", category, icon: "$(send)", enablement: running },
  { command: "tapedeck.consumeTopic", title: "Consume Topic", category, icon: "$(list-flat)", enablement: running },
  {
    command: "tapedeck.copyBootstrapServers",
    title: "Copy Bootstrap Servers",
    category,
    icon: "$(copy)",
    enablement: running,
  },
  { command: "tapedeck.showLog", title: "Show Log", category },
  { command: "tapedeck.showMenu", title: "Show Menu", category },
] as const;

export type CommandId = (typeof commands)[number]["command"];

const inClusterView = `view == ${clusterViewId}`;
const inTopicsView = `view == ${topicsViewId}`;
const onTopic = `${inTopicsView} && viewItem =~ /^topic/`;
const onOwnTopic = `${inTopicsView} && viewItem == topic`;

export const contributes = {
  viewsContainers: {
    activitybar: [{ id: containerId, title: "Tapedeck", icon: "media/tapedeck.svg" }],
  },
  views: {
    [containerId]: [
      { id: clusterViewId, name: "Cluster", icon: "media/tapedeck.svg", contextualTitle: "Tapedeck", initialSize: 1 },
      { id: topicsViewId, name: "Topics", icon: "media/tapedeck.svg", contextualTitle: "Tapedeck", initialSize: 3 },
    ],
  },
  viewsWelcome: [
    {
      view: clusterViewId,
      contents: "No cluster is running.\n[Start a 3-broker cluster](command:tapedeck.startCluster)",
      when: `config.tapedeck.brokers == 3 && ${stopped}`,
    },
    {
      view: clusterViewId,
      contents: "No cluster is running.\n[Start a cluster](command:tapedeck.startCluster)",
      when: `config.tapedeck.brokers != 3 && ${stopped}`,
    },
    { view: clusterViewId, contents: "The cluster is starting.", when: "tapedeck.clusterState == starting" },
    { view: topicsViewId, contents: "Topics appear here while a cluster runs.", when: `!(${running})` },
    {
      view: topicsViewId,
      contents: "The cluster has no topics yet.\n[Create a topic](command:tapedeck.createTopic)",
      when: running,
    },
  ],
  commands,
  menus: {
    "view/title": [
      { command: "tapedeck.startCluster", when: `${inClusterView} && ${stopped}`, group: "navigation@1" },
      { command: "tapedeck.copyBootstrapServers", when: `${inClusterView} && ${running}`, group: "navigation@1" },
      { command: "tapedeck.stopCluster", when: `${inClusterView} && ${running}`, group: "navigation@2" },
      { command: "tapedeck.showLog", when: inClusterView, group: "9_log" },
      { command: "tapedeck.createTopic", when: `${inTopicsView} && ${running}`, group: "navigation@1" },
      { command: "tapedeck.produceRecord", when: `${inTopicsView} && ${running}`, group: "1_records@1" },
      { command: "tapedeck.consumeTopic", when: `${inTopicsView} && ${running}`, group: "1_records@2" },
    ],
    "view/item/context": [
      { command: "tapedeck.produceRecord", when: onOwnTopic, group: "inline@1" },
      { command: "tapedeck.consumeTopic", when: onTopic, group: "inline@2" },
      { command: "tapedeck.produceRecord", when: onOwnTopic, group: "1_records@1" },
      { command: "tapedeck.consumeTopic", when: onTopic, group: "1_records@2" },
      { command: "tapedeck.deleteTopic", when: onOwnTopic, group: "9_delete@1" },
      {
        command: "tapedeck.copyBootstrapServers",
        when: `${inClusterView} && viewItem =~ /^broker/`,
        group: "1_copy@1",
      },
    ],
    commandPalette: [{ command: "tapedeck.showMenu", when: "false" }],
  },
  configuration: {
    title: "Tapedeck",
    properties: {
      "tapedeck.brokers": {
        type: "integer",
        default: 3,
        minimum: 1,
        maximum: 9,
        order: 1,
        scope: "resource",
        description: "How many brokers a cluster has. Read when the cluster starts.",
      },
      "tapedeck.port": {
        type: "integer",
        default: 9092,
        minimum: 0,
        maximum: 65535,
        order: 2,
        scope: "resource",
        description:
          "Port of the first broker; the others take the ports that follow. A port that is taken is skipped. " +
          "0 takes any free port.",
      },
      "tapedeck.storage": {
        type: "string",
        enum: ["memory", "disk"],
        enumDescriptions: [
          "Records are gone when the cluster stops.",
          "Records are kept in Kafka's own format and are there again at the next start.",
        ],
        default: "memory",
        order: 3,
        scope: "resource",
        description: "Where the cluster keeps its records.",
      },
      "tapedeck.dataDirectory": {
        type: "string",
        default: "",
        order: 4,
        scope: "machine",
        markdownDescription:
          "Absolute path of the directory for `#tapedeck.storage#` `disk`. " +
          "When empty, the editor's own storage for this workspace is used.",
      },
    },
  },
} as const;
