import { root } from "./places.ts";

/** What the workbench is opened with. */
export interface WorkbenchOptions {
  readonly port: number;
  readonly workspace: string;
  /** False where the extension was installed as a package. */
  readonly withDevelopedExtension: boolean;
  /** The compiled suite to run inside; none where a person or Playwright drives. */
  readonly suite?: string;
  readonly extensionPath?: string;
}

/** The address of the workbench in a browser; its payload says what to load into it (EDITOR.md). */
export function workbenchAddress({
  port,
  workspace,
  withDevelopedExtension,
  suite,
  extensionPath = root,
}: WorkbenchOptions): string {
  const remote = (path: string): string => `vscode-remote://127.0.0.1:${port}${path}`;
  const payload: string[][] = [["skipWelcome", "true"]];
  if (withDevelopedExtension) payload.push(["extensionDevelopmentPath", remote(extensionPath)]);
  if (suite !== undefined) payload.push(["extensionTestsPath", remote(suite)]);
  const query = new URLSearchParams({ folder: workspace, payload: JSON.stringify(payload) });
  return `http://127.0.0.1:${port}/?${query.toString()}`;
}
