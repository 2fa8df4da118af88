import type { Problem } from "./failure-sentences.ts";

/** A question that is answered with a line of text. */
export interface TextQuestion {
  readonly title: string;
  readonly prompt: string;
  readonly placeholder?: string;
  readonly value?: string;
  /** What is wrong with what has been typed so far; undefined where it is fine. */
  readonly problem?: (text: string) => string | undefined;
}

export interface Choice<T> {
  readonly label: string;
  readonly description?: string;
  readonly icon?: string;
  readonly value: T;
}

/** A question that is answered by choosing. */
export interface PickQuestion<T> {
  readonly title: string;
  readonly placeholder: string;
  readonly choices: readonly Choice<T>[];
}

/** A question whose choices depend on what is typed: for text that may also be empty or absent. */
export interface TypedQuestion<T> {
  readonly title: string;
  readonly placeholder: string;
  readonly choicesFor: (typed: string) => readonly Choice<T>[];
}

export interface Confirmation {
  readonly sentence: string;
  readonly detail: string;
  readonly action: string;
}

/** What a command can ask and tell a person. Undefined is "the person went away". */
export interface Ui {
  askText(question: TextQuestion): Promise<string | undefined>;
  pick<T>(question: PickQuestion<T>): Promise<T | undefined>;
  pickTyped<T>(question: TypedQuestion<T>): Promise<T | undefined>;
  confirm(question: Confirmation): Promise<boolean>;
  /** A short text in the status bar that goes away by itself. */
  say(text: string): void;
  /** Tell what went wrong and offer what helps. */
  complain(problem: Problem): void;
  /** Show that work goes on for as long as `work` takes. */
  withProgress<T>(work: () => Promise<T>): Promise<T>;
  copy(text: string): Promise<void>;
}
