// ESLint looks for its configuration at the root; the rules live with the other tool configurations.
export { default } from "./.config/eslint.mjs";
