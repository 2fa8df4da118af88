import * as vscode from "vscode";

/** The one bridge between the language's way to let go and the editor's. */
export function vscodeDisposable(item: Disposable): vscode.Disposable {
  return new vscode.Disposable(() => item[Symbol.dispose]());
}
