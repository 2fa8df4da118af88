import type { Watch, WatchKind } from "./client-watches.ts";
import { modeCodeOf, wireOperationOf } from "./wire.ts";
import type { RequestName, WireRequest, WireResponse } from "./wire-messages.ts";
import { zookeeperErrorOf, type ZookeeperErrorName, type ZookeeperFailure } from "./zookeeper-error.ts";
import type { CreateMode, Operation, ZnodeStat } from "./znode.ts";

/** What came of a request. CONNECTIONLOSS says nothing about whether a write was done. */
export type Answer<Value> =
  { readonly error: "OK"; readonly value: Value } | { readonly error: ZookeeperFailure; readonly value?: undefined };

/** What came of a multi: what each operation wrote, or why none did (no `errors` where the server did not answer). */
export type MultiAnswer =
  | { readonly error: "OK"; readonly value: readonly WrittenZnode[] }
  | { readonly error: ZookeeperFailure; readonly errors: readonly ZookeeperErrorName[]; readonly value?: undefined };

/** A node that one operation of a multi created or set; without a stat for the others. */
export interface WrittenZnode {
  /** Of a node that was created. */
  readonly path: string;
  readonly stat: ZnodeStat | null;
}

/** What of a client serves requests. */
export interface RequestLine {
  /** Answers never come before this returns. */
  submit<Name extends RequestName>(
    name: Name,
    request: WireRequest<Name>,
    call: { readonly isPatient: boolean; readonly told: (answer: Answer<WireResponse<Name>>) => void },
  ): void;
  addWatch(kind: WatchKind, path: string, watch: Watch): void;
}

/**
 * The tree as a client asks for it. Requests are done in the order of asking, and answers come in that order. A watch
 * that goes with a read is told once of the first change behind what was read.
 *
 * A patient one asks again when the connection was lost, on the next one, until there is an answer or the session is
 * over: Kafka's way. It must be used with care where asking twice is not the same as asking once: NODEEXISTS or
 * BADVERSION may come from the first time.
 */
export class Znodes {
  private readonly line: RequestLine;
  private readonly isPatient: boolean;

  constructor(line: RequestLine, isPatient: boolean) {
    this.line = line;
    this.isPatient = isPatient;
  }

  /** A sequential node's path ends in its number, which the answer tells. */
  create(
    asked: { readonly path: string; readonly data: Buffer | null; readonly mode: CreateMode },
    told: (answer: Answer<{ readonly path: string; readonly stat: ZnodeStat }>) => void,
  ): void {
    this.submit("create", { ...asked, mode: modeCodeOf(asked.mode) }, told);
  }

  delete(path: string, version: number, told: (answer: Answer<object>) => void): void {
    this.submit("delete", { path, version }, told);
  }

  setData(
    asked: { readonly path: string; readonly data: Buffer | null; readonly version: number },
    told: (answer: Answer<{ readonly stat: ZnodeStat }>) => void,
  ): void {
    this.submit("setData", asked, told);
  }

  /** The watch is left also where there is no node. */
  exists(path: string, told: (answer: Answer<{ readonly stat: ZnodeStat }>) => void, watch?: Watch): void {
    this.submit("exists", { path, watch: watch !== undefined }, (answer) => {
      if (watch !== undefined) {
        if (answer.error === "OK") this.line.addWatch("data", path, watch);
        if (answer.error === "NONODE") this.line.addWatch("exists", path, watch);
      }
      told(answer);
    });
  }

  getData(
    path: string,
    told: (answer: Answer<{ readonly data: Buffer | null; readonly stat: ZnodeStat }>) => void,
    watch?: Watch,
  ): void {
    this.submit("getData", { path, watch: watch !== undefined }, (answer) => {
      if (watch !== undefined && answer.error === "OK") this.line.addWatch("data", path, watch);
      told(answer);
    });
  }

  /** Names are sorted by code unit. */
  getChildren(
    path: string,
    told: (answer: Answer<{ readonly names: readonly string[]; readonly stat: ZnodeStat }>) => void,
    watch?: Watch,
  ): void {
    this.submit("getChildren", { path, watch: watch !== undefined }, (answer) => {
      if (watch !== undefined && answer.error === "OK") this.line.addWatch("child", path, watch);
      told(answer);
    });
  }

  /** All of `operations` or none. */
  multi(operations: readonly Operation[], told: (answer: MultiAnswer) => void): void {
    this.submit("multi", { operations: operations.map(wireOperationOf) }, (answer) => {
      told(answer.error === "OK" ? multiAnswerOf(answer.value) : { error: answer.error, errors: [] });
    });
  }

  private submit<Name extends RequestName>(
    name: Name,
    request: WireRequest<Name>,
    told: (answer: Answer<WireResponse<Name>>) => void,
  ): void {
    this.line.submit(name, request, { isPatient: this.isPatient, told });
  }
}

function multiAnswerOf({ results }: WireResponse<"multi">): MultiAnswer {
  const errors = results.map(({ errorCode }) => zookeeperErrorOf(errorCode));
  const error = errors.find((name) => name !== "OK");
  if (error === undefined) return { error: "OK", value: results };
  return { error, errors };
}
