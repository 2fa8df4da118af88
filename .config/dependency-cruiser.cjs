const { upward, sideways, npm } = require("./layers.cjs");

module.exports = {
  forbidden: [
    ...upward,
    ...sideways,
    ...npm,
    { name: "no-cycles", severity: "error", from: { path: "^src/" }, to: { circular: true } },
    {
      name: "node-built-ins-at-the-edge",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/(runtime/node|cli|extension)/" },
      to: { dependencyTypes: ["core"], pathNot: "^buffer$" },
    },
    {
      name: "vscode-in-adapters-only",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/extension/(main|.*/?vscode-[^/]+)\\.ts$" },
      to: { path: "^(vscode$|node_modules/(@types/)?vscode/)" },
    },
    {
      name: "runtimes-are-wired-at-the-root",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/(cli|extension|deck|simulator|runtime)/" },
      to: { path: "^src/runtime/(node|simulated)/" },
    },
    {
      name: "the-two-runtimes-are-strangers-but-for-memory-files",
      severity: "error",
      from: { path: "^src/runtime/(node|simulated)/" },
      to: { path: "^src/runtime/(node|simulated)/", pathNot: ["^src/runtime/$1/", "^src/runtime/simulated/memory-"] },
    },
    {
      name: "webview-is-alone",
      severity: "error",
      from: { path: "^src/webview/" },
      to: { path: "^src/", pathNot: "^src/(webview/|cluster/cluster-view\\.ts$)" },
    },
    {
      name: "nobody-imports-the-webview-but-its-messages",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/webview/" },
      to: { path: "^src/webview/", pathNot: "^src/webview/messages\\.ts$" },
    },
    { name: "src-never-imports-test", severity: "error", from: { path: "^src/" }, to: { path: "^test/" } },
    {
      name: "no-orphans",
      severity: "error",
      from: { orphan: true, path: "^src/", pathNot: "\\.d\\.ts$" },
      to: {},
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    doNotFollow: { path: "node_modules" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "require", "node", "default", "types"] },
  },
};
