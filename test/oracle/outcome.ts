import type { Fields } from "./conversation.ts";

/** What became of one step. */
export type Outcome =
  | { readonly answer: Fields; readonly pace?: "slow" | "fast" }
  /** Of a pipeline: the numbers of the requests in the order of the answers, and the answers. */
  | { readonly order: readonly number[]; readonly answers: readonly Fields[] }
  /** An answer that was not to be decoded, behind its correlation id. */
  | { readonly bytes: string }
  | { readonly event: "closed" | "silence" | "no answer, and the connection stays open" }
  /** Bytes that are no such answer. */
  | { readonly broken: string };

/** A step's outcome with what a reader needs to find the step. */
export interface StepOutcome {
  readonly step: number;
  readonly asked: string;
  readonly outcome: Outcome;
}
