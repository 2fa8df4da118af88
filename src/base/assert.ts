/** The program broke one of its own rules. Never caught in the engine: the node that meets it crashes. */
export class AssertionError extends Error {
  override readonly name = "AssertionError";
}

/** State an invariant. One fact per call, phrased positively, so that the stack line alone says what broke. */
export function assert(condition: boolean, fact: string): asserts condition {
  if (!condition) throw new AssertionError(fact);
}

/** The end of every `switch` over a union: a new member is a compile error at each place. */
export function unreachable(value: never): never {
  throw new AssertionError(`no case for ${String(value)}`);
}
