/* Builds the four bundles. `--production` minifies; `--watch` rebuilds on change. */
const esbuild = require("esbuild");
const fs = require("node:fs");

const production = process.argv.includes("--production");
const watch = process.argv.includes("--watch");

const common = {
  bundle: true,
  minify: production,
  sourcemap: production ? false : "linked",
  logLevel: "warning",
  legalComments: "none",
};
/* Node 22.15 is what the oldest supported VS Code runs extensions on. */
const node = { ...common, platform: "node", target: "node22", format: "cjs", external: ["vscode"] };
const bundles = [
  { ...node, entryPoints: ["src/extension/main.ts"], outfile: "dist/extension.js" },
  { ...node, entryPoints: ["src/cli/engine.ts"], outfile: "dist/engine.js" },
  { ...node, entryPoints: ["src/cli/main.ts"], outfile: "dist/cli.js", banner: { js: "#!/usr/bin/env node" } },
  {
    ...common,
    entryPoints: ["src/webview/main.ts"],
    outfile: "dist/webview.js",
    platform: "browser",
    target: "es2022",
    format: "iife",
    // The page's style comes out beside it, as dist/webview.css, with the icon font that it names.
    loader: { ".ttf": "file" },
    assetNames: "[name]",
  },
];

async function main() {
  fs.mkdirSync("dist", { recursive: true });
  if (watch) {
    const contexts = await Promise.all(bundles.map((bundle) => esbuild.context(bundle)));
    await Promise.all(contexts.map((context) => context.watch()));
    return;
  }
  await Promise.all(bundles.map((bundle) => esbuild.build(bundle)));
  fs.chmodSync("dist/cli.js", 0o755);
}

main().catch(() => process.exit(1));
