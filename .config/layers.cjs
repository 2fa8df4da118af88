/* One list, lowest layer first. A file may import its own folder and lower layers; the rules are derived. */
const layers = [
  ["base"],
  ["runtime"],
  ["protocol"],
  ["log", "coordination", "client"],
  ["groups", "transactions", "replication"],
  ["broker", "controller"],
  ["cluster"],
  ["simulator", "deck", "remote"],
  ["cli", "extension"],
];

/* What the engine and its neighbours may take from npm; everything not listed is refused. */
const npmAllowed = {
  base: ["@platformatic/wasm-utils"],
  protocol: ["@platformatic/wasm-utils"],
  remote: ["@platformatic/kafka"],
  cli: ["commander"],
  webview: ["@vscode/codicons"],
};

const path = (folders) => `^src/(${folders.join("|")})/`;
const npmTypes = ["npm", "npm-dev", "npm-optional", "npm-no-pkg", "npm-unknown"];

const upward = layers.slice(0, -1).map((folders, index) => ({
  name: `${folders.join("-or-")}-looks-up`,
  severity: "error",
  from: { path: path(folders) },
  to: { path: path(layers.slice(index + 1).flat()) },
}));

/* Folders of one layer are strangers. */
const sideways = layers
  .filter((folders) => folders.length > 1)
  .flatMap((folders) =>
    folders.map((folder) => ({
      name: `${folder}-looks-sideways`,
      severity: "error",
      from: { path: path([folder]) },
      to: { path: path(folders.filter((other) => other !== folder)) },
    })),
  );

const npm = [...layers.flat(), "webview"]
  .filter((folder) => folder !== "extension")
  .map((folder) => ({
    name: `${folder}-imports-an-npm-package-not-on-its-list`,
    severity: "error",
    from: { path: path([folder]) },
    to: {
      dependencyTypes: npmTypes,
      pathNot: (npmAllowed[folder] ?? []).map((name) => `node_modules/${name}/`).join("|") || "^$",
    },
  }));

module.exports = { layers, upward, sideways, npm };
