import * as vscode from "vscode";
import { clusterViewId } from "./contributions.ts";
import type { Problem } from "./failure-sentences.ts";
import type { Choice, Confirmation, PickQuestion, TextQuestion, TypedQuestion, Ui } from "./ui.ts";

const statusTextMs = 6_000;

/** The editor's own boxes, lists and messages. */
export class VscodeUi implements Ui {
  private readonly runCommand: (command: string) => void;

  constructor(runCommand: (command: string) => void) {
    this.runCommand = runCommand;
  }

  async askText({ title, prompt, placeholder, value, problem }: TextQuestion): Promise<string | undefined> {
    return vscode.window.showInputBox({
      title,
      prompt,
      ignoreFocusOut: true,
      ...(placeholder === undefined ? {} : { placeHolder: placeholder }),
      ...(value === undefined ? {} : { value }),
      ...(problem === undefined ? {} : { validateInput: problem }),
    });
  }

  async pick<T>({ title, placeholder, choices }: PickQuestion<T>): Promise<T | undefined> {
    const picked = await vscode.window.showQuickPick(choices.map(itemOf), { title, placeHolder: placeholder });
    return picked?.choice.value;
  }

  pickTyped<T>({ title, placeholder, choicesFor }: TypedQuestion<T>): Promise<T | undefined> {
    const box = vscode.window.createQuickPick<PickItem<T>>();
    const offer = (): void => {
      box.items = choicesFor(box.value).map((choice) => ({ ...itemOf(choice), alwaysShow: true }));
    };
    box.title = title;
    box.placeholder = placeholder;
    box.ignoreFocusOut = true;
    return new Promise((resolve) => {
      box.onDidChangeValue(offer);
      box.onDidAccept(() => {
        resolve(box.selectedItems[0]?.choice.value);
        box.hide();
      });
      box.onDidHide(() => {
        resolve(undefined);
        box.dispose();
      });
      offer();
      box.show();
    });
  }

  async confirm({ sentence, detail, action }: Confirmation): Promise<boolean> {
    return (await vscode.window.showWarningMessage(sentence, { modal: true, detail }, action)) === action;
  }

  say(text: string): void {
    vscode.window.setStatusBarMessage(text, statusTextMs);
  }

  complain({ sentence, actions }: Problem): void {
    vscode.window.showErrorMessage(sentence, ...actions.map(({ title }) => title)).then(
      (title) => {
        const action = actions.find((one) => one.title === title);
        if (action !== undefined) this.runCommand(action.command);
      },
      () => undefined,
    );
  }

  async withProgress<T>(work: () => Promise<T>): Promise<T> {
    return vscode.window.withProgress({ location: { viewId: clusterViewId } }, work);
  }

  async copy(text: string): Promise<void> {
    await vscode.env.clipboard.writeText(text);
  }
}

interface PickItem<T> extends vscode.QuickPickItem {
  readonly choice: Choice<T>;
}

function itemOf<T>(choice: Choice<T>): PickItem<T> {
  const { label, description, icon } = choice;
  return {
    label,
    choice,
    ...(description === undefined ? {} : { description }),
    ...(icon === undefined ? {} : { iconPath: new vscode.ThemeIcon(icon) }),
  };
}
