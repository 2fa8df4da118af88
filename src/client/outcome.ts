import type { ErrorName } from "../protocol/error-code.ts";

/** Why a call came to nothing: Kafka's error name and one plain sentence. */
export interface ClientFailure {
  readonly errorName: ErrorName;
  readonly sentence: string;
}

/** What became of a call. It is told once, and never before the call has returned. */
export type Outcome<Value> =
  { readonly kind: "done"; readonly value: Value } | { readonly kind: "failed"; readonly failure: ClientFailure };

export function done<Value>(value: Value): Outcome<Value> {
  return { kind: "done", value };
}

export function failed(errorName: ErrorName, sentence: string): Outcome<never> {
  return { kind: "failed", failure: { errorName, sentence } };
}
