import type { Problem } from "../../../src/extension/failure-sentences.ts";
import type { Confirmation, PickQuestion, TextQuestion, TypedQuestion, Ui } from "../../../src/extension/ui.ts";

/** A person who gives the answers that a test wrote down, in order, and remembers what was said. */
export class ScriptedUi implements Ui {
  readonly asked: string[] = [];
  readonly said: string[] = [];
  readonly problems: Problem[] = [];
  readonly copied: string[] = [];
  private readonly answers: (string | undefined)[];

  constructor(...answers: (string | undefined)[]) {
    this.answers = answers;
  }

  askText({ title, problem }: TextQuestion): Promise<string | undefined> {
    this.asked.push(title);
    const answer = this.answers.shift();
    const wrong = answer === undefined ? undefined : problem?.(answer);
    if (wrong !== undefined) throw new Error(`the box would not accept "${answer ?? ""}": ${wrong}`);
    return Promise.resolve(answer);
  }

  pick<T>({ title, choices }: PickQuestion<T>): Promise<T | undefined> {
    this.asked.push(title);
    const answer = this.answers.shift();
    return Promise.resolve(choices.find(({ label }) => label === answer)?.value);
  }

  /** An answer in angle brackets chooses among what is offered when nothing is typed. */
  pickTyped<T>({ title, choicesFor }: TypedQuestion<T>): Promise<T | undefined> {
    this.asked.push(title);
    const answer = this.answers.shift();
    if (answer === undefined) return Promise.resolve(undefined);
    const offered = /^<(.*)>$/.exec(answer)?.[1];
    if (offered === undefined) return Promise.resolve(choicesFor(answer)[0]?.value);
    return Promise.resolve(choicesFor("").find(({ label }) => label === offered)?.value);
  }

  confirm({ sentence }: Confirmation): Promise<boolean> {
    this.asked.push(sentence);
    return Promise.resolve(this.answers.shift() === "yes");
  }

  say(text: string): void {
    this.said.push(text);
  }

  complain(problem: Problem): void {
    this.problems.push(problem);
  }

  withProgress<T>(work: () => Promise<T>): Promise<T> {
    return work();
  }

  copy(text: string): Promise<void> {
    this.copied.push(text);
    return Promise.resolve();
  }
}
