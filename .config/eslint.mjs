import comments from "@eslint-community/eslint-plugin-eslint-comments/configs";
import jsdoc from "eslint-plugin-jsdoc";
import tseslint from "typescript-eslint";

/* Folders that must run the same way twice. */
const engine = [
  "base", "runtime/simulated", "protocol", "log", "coordination", "client", "groups", "transactions", "replication",
  "broker", "controller", "cluster", "simulator", "deck",
].map((folder) => `src/${folder}/**/*.ts`).concat("src/runtime/runtime.ts");

const outside = (name, use) => ({ name, message: `Only src/runtime/node touches ${name}; take it from ${use}.` });

const determinism = {
  "no-restricted-globals": [
    "error",
    outside("Date", "runtime.clock"),
    outside("performance", "runtime.clock"),
    outside("setTimeout", "runtime.timers"),
    outside("setInterval", "runtime.timers"),
    outside("setImmediate", "runtime.timers"),
    outside("queueMicrotask", "runtime.timers"),
    outside("crypto", "runtime.random"),
    outside("process", "the options of whoever wires the engine"),
    outside("console", "runtime.log"),
    outside("fetch", "runtime.network"),
    outside("Intl", "nowhere: it differs between machines"),
    outside("WeakRef", "nowhere: garbage collection differs between runs"),
    outside("FinalizationRegistry", "nowhere: garbage collection differs between runs"),
    outside("globalThis", "the runtime"),
  ],
  "no-restricted-properties": [
    "error",
    { object: "Math", property: "random", message: "Take it from runtime.random." },
    { property: "localeCompare", message: "Compare by code unit: locales differ between machines." },
    { property: "toLocaleString", message: "Locales differ between machines." },
  ],
  "no-restricted-imports": [
    "error",
    { patterns: [{ group: ["node:*", "vscode"], message: "The engine reaches outside through Runtime only." }] },
  ],
  "no-restricted-syntax": [
    "error",
    { selector: "ExportDefaultDeclaration", message: "Export by name." },
    { selector: "ExportAllDeclaration", message: "Export from the file that defines it, by name." },
    { selector: ":function[async=true]", message: "The engine calls back; a promise can't be stepped." },
    { selector: "NewExpression[callee.name='Promise']", message: "The engine calls back; a promise can't be stepped." },
  ],
};

export default tseslint.config(
  { ignores: ["dist/", "node_modules/", ".vscode-test/", ".cache/", "coverage/", "**/*.js", "**/*.cjs", "**/*.mjs"] },
  ...tseslint.configs.strictTypeChecked,
  comments.recommended,
  {
    languageOptions: {
      parserOptions: {
        project: ["tsconfig.json", "src/webview/tsconfig.json"],
        tsconfigRootDir: new URL("..", import.meta.url).pathname,
      },
    },
    plugins: { jsdoc },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "@typescript-eslint/no-floating-promises": ["error", { ignoreVoid: false }],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-unused-vars": ["error", { varsIgnorePattern: "^_", argsIgnorePattern: "^_" }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
      "@typescript-eslint/no-confusing-void-expression": [
        "error",
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      "@typescript-eslint/no-unnecessary-condition": ["error", { allowConstantLoopConditions: true }],
      "@eslint-community/eslint-comments/require-description": ["error", { ignore: ["eslint-enable"] }],
      "no-restricted-syntax": [
        "error",
        { selector: "ExportDefaultDeclaration", message: "Export by name." },
        { selector: "ExportAllDeclaration", message: "Export from the file that defines it, by name." },
      ],
    },
  },
  {
    files: ["src/**/*.ts"],
    rules: {
      "max-lines-per-function": ["error", { max: 70, skipBlankLines: true, skipComments: true }],
      "max-lines": ["error", { max: 400, skipBlankLines: true, skipComments: true }],
      "max-params": ["error", 4],
      "max-depth": ["error", 3],
      complexity: ["error", 12],
      "jsdoc/require-jsdoc": [
        "error",
        { publicOnly: true, require: { ClassDeclaration: true, FunctionDeclaration: false, MethodDefinition: false } },
      ],
    },
  },
  { files: engine, rules: determinism },
  {
    files: ["test/**/*.ts"],
    rules: {
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/unbound-method": "off",
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-unsafe-argument": "off",
      "@typescript-eslint/no-unsafe-call": "off",
      "@typescript-eslint/no-unsafe-return": "off",
      "@typescript-eslint/no-floating-promises": ["error", { ignoreVoid: false, allowForKnownSafeCalls: [{ from: "package", name: ["it", "describe"], package: "mocha" }] }],
    },
  },
);
