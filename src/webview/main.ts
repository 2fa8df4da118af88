import "./message-view.css";
import type { HostMessage, ViewMessage } from "./messages.ts";
import { MessageView, type Camera } from "./message-view.ts";

interface VscodeApi {
  postMessage(message: ViewMessage): void;
  getState(): Camera | undefined;
  setState(camera: Camera): void;
}

declare function acquireVsCodeApi(): VscodeApi;

const vscode = acquireVsCodeApi();
const root = document.getElementById("messages");
if (root !== null) {
  const view = new MessageView(
    root,
    { send: (message) => vscode.postMessage(message), saveCamera: (camera) => vscode.setState(camera) },
    vscode.getState(),
  );
  window.addEventListener("message", (event: MessageEvent<HostMessage>) => view.receive(event.data));
  vscode.postMessage({ kind: "ready" });
}
