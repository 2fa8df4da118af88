/*
 * Which broker is the controller (KAFKA.md E.4).
 *
 * Whoever creates /controller is, until its session ends. That alone is not enough: a controller that was paused, or
 * cut off, does not know that its session has ended, and may still write. So each controller gets a number, one higher
 * than the last one's, in the same transaction that makes it the controller; and everything it writes afterwards is
 * written on the condition that /controller_epoch still has the version which that transaction gave it. A deposed
 * controller's write then fails as a whole, and by that it learns what it is.
 */

import { assert } from "../../base/assert.ts";
import type { Clock } from "../../runtime/runtime.ts";
import { controllerEpochPath, controllerPath } from "./layout.ts";
import { readController, readControllerEpoch, writeController, writeControllerEpoch } from "./znode-content.ts";
import { MalformedZnodeError } from "./znode-json.ts";
import type { Operation, ZnodeEvent, ZnodeStat } from "./znode.ts";
import type { WrittenZnode, Znodes } from "./znodes.ts";
import type { ZookeeperErrorName, ZookeeperFailure } from "./zookeeper-error.ts";

/** One broker's time as the controller. */
export interface ControllerTenure {
  readonly controllerEpoch: number;
  /** Version of /controller_epoch: what every write of this controller is fenced by. */
  readonly epochVersion: number;
}

export interface ElectionListener {
  /** This broker is the controller from now on. */
  onElected(tenure: ControllerTenure): void;
  /** It is the controller no more, or can't know that it still is. */
  onResigned(): void;
  /** Another broker is the controller, or nobody (-1) for the moment. */
  onControllerKnown(controllerId: number): void;
  /** What is in the znodes can't be read, or the server refused what it does not refuse: the election stands still. */
  onFailed(reason: string): void;
}

/** What came of a controller's write. */
export type FencedAnswer =
  | { readonly kind: "done"; readonly written: readonly WrittenZnode[] }
  /** Another controller was elected meanwhile: nothing was written, and nothing of this tenure will be. */
  | { readonly kind: "moved" }
  /** `errors` has one entry for each operation; none where the server did not answer. */
  | { readonly kind: "refused"; readonly error: ZookeeperFailure; readonly errors: readonly ZookeeperErrorName[] };

interface ElectionClient {
  readonly sessionId: number;
  readonly patient: Pick<Znodes, "create" | "exists" | "getData" | "multi">;
}

interface ElectionOptions {
  readonly client: ElectionClient;
  readonly clock: Clock;
  readonly brokerId: number;
  readonly listener: ElectionListener;
}

type ElectionState =
  | { readonly kind: "stopped" }
  | { readonly kind: "looking" }
  | { readonly kind: "following"; readonly controllerId: number }
  | { readonly kind: "leading"; readonly tenure: ControllerTenure };

/**
 * One broker's part in the election of a controller: follows whoever is, and stands whenever nobody is. Works while its
 * client has a session: it is to be stopped when that has expired, and started again when the broker has registered in
 * the next one.
 */
export class ControllerElection {
  private readonly options: ElectionOptions;
  private state: ElectionState = { kind: "stopped" };
  /** Answers to what was asked before the last turn of events are of no interest. */
  private round = 0;

  constructor(options: ElectionOptions) {
    this.options = options;
  }

  /** Undefined while this broker is not the controller. */
  get tenure(): ControllerTenure | undefined {
    return this.state.kind === "leading" ? this.state.tenure : undefined;
  }

  start(): void {
    assert(this.state.kind === "stopped", "an election is started when it is not on");
    this.look();
  }

  /** The session is over, or the broker shuts down. */
  stop(): void {
    this.round += 1;
    this.resign({ kind: "stopped" });
  }

  /** Write as the controller of `tenure`: all of `operations`, or none where that tenure is over. */
  write(tenure: ControllerTenure, operations: readonly Operation[], told: (answer: FencedAnswer) => void): void {
    const check = { type: "check", path: controllerEpochPath, version: tenure.epochVersion } as const;
    this.options.client.patient.multi([check, ...operations], (answer) => {
      if (answer.error === "OK") {
        told({ kind: "done", written: answer.value.slice(1) });
        return;
      }
      if (answer.errors[0] !== "BADVERSION") {
        told({ kind: "refused", error: answer.error, errors: answer.errors.slice(1) });
        return;
      }
      // The tenure in question may be one from before: then nothing is new.
      if (this.tenure?.epochVersion === tenure.epochVersion) this.look();
      told({ kind: "moved" });
    });
  }

  /** See who is the controller, and be told when that changes. */
  private look(): void {
    const { patient } = this.options.client;
    const round = this.nextRound();
    // First the watch, then the question: what happens in between is told.
    patient.exists(controllerPath, () => undefined, this.onEvent);
    patient.getData(controllerPath, (answer) => {
      if (round !== this.round) return;
      if (answer.error === "NONODE") {
        this.resign({ kind: "looking" });
        if (round === this.round) this.elect();
      } else if (answer.error === "OK") {
        this.attempt(() => this.seen(readController(answer.value.data).brokerId, answer.value.stat));
      } else {
        this.fail(answer.error);
      }
    });
  }

  private seen(controllerId: number, stat: ZnodeStat): void {
    if (this.isOwn(controllerId, stat)) this.confirm(stat.czxid);
    else this.follow(controllerId);
  }

  /**
   * /controller is this session's own. It is so by the tenure that this broker knows of, or by one whose answer was
   * lost with a connection: the epoch that was written in the same transaction is that tenure's.
   */
  private confirm(czxid: number): void {
    const { round } = this;
    this.options.client.patient.getData(controllerEpochPath, (answer) => {
      if (round !== this.round) return;
      if (answer.error !== "OK") {
        this.fail(answer.error);
        return;
      }
      const { data, stat } = answer.value;
      this.attempt(() => {
        const controllerEpoch = readControllerEpoch(data);
        if (stat.mzxid === czxid) this.lead({ controllerEpoch, epochVersion: stat.version });
        else this.follow(this.options.brokerId);
      });
    });
  }

  private isOwn(controllerId: number, { ephemeralOwner }: ZnodeStat): boolean {
    return controllerId === this.options.brokerId && ephemeralOwner === this.options.client.sessionId;
  }

  private follow(controllerId: number): void {
    const isNews = this.state.kind !== "following" || this.state.controllerId !== controllerId;
    this.resign({ kind: "following", controllerId });
    if (isNews) this.options.listener.onControllerKnown(controllerId);
  }

  private readonly onEvent = (event: ZnodeEvent): void => {
    if (this.state.kind === "stopped") return;
    if (event.type === "deleted") {
      this.nextRound();
      this.resign({ kind: "looking" });
      this.options.listener.onControllerKnown(-1);
    }
    if (this.isOn()) this.look();
  };

  // --- Standing

  private elect(): void {
    const { round } = this;
    const { patient } = this.options.client;
    patient.getData(controllerEpochPath, (answer) => {
      if (round !== this.round) return;
      if (answer.error === "OK") {
        this.attempt(() => this.stand(readControllerEpoch(answer.value.data), answer.value.stat.version));
      } else if (answer.error === "NONODE") {
        // The first controller ever. Somebody else may be as quick; then the number is read.
        const data = writeControllerEpoch(0);
        patient.create({ path: controllerEpochPath, data, mode: "persistent" }, ({ error }) => {
          if (round !== this.round) return;
          if (error === "OK") this.stand(0, 0);
          else if (error === "NODEEXISTS") this.elect();
          else this.fail(error);
        });
      } else {
        this.fail(answer.error);
      }
    });
  }

  private stand(lastEpoch: number, lastVersion: number): void {
    const { round } = this;
    const { brokerId, clock, client } = this.options;
    const controllerEpoch = lastEpoch + 1;
    const data = writeController({ brokerId, timestampMs: clock.wallMs() });
    const create = { type: "create", path: controllerPath, data, mode: "ephemeral" } as const;
    const epoch = writeControllerEpoch(controllerEpoch);
    const setData = { type: "setData", path: controllerEpochPath, data: epoch, version: lastVersion } as const;
    client.patient.multi([create, setData], (answer) => {
      // The watch on /controller tells of its creation before this answer comes, and that begins a new round.
      if (answer.error === "OK") this.lead({ controllerEpoch, epochVersion: lastVersion + 1 });
      else if (round !== this.round) return;
      // Somebody was quicker, or this broker itself was, and the answer was lost with a connection.
      else if (answer.error === "NODEEXISTS" || answer.error === "BADVERSION") this.look();
      else this.fail(answer.error);
    });
  }

  private lead(tenure: ControllerTenure): void {
    if (this.state.kind === "stopped" || this.tenure?.epochVersion === tenure.epochVersion) return;
    this.resign({ kind: "leading", tenure });
    this.options.listener.onElected(tenure);
  }

  // --- Turns of events

  private isOn(): boolean {
    return this.state.kind !== "stopped";
  }

  private nextRound(): number {
    this.round += 1;
    return this.round;
  }

  private resign(next: ElectionState): void {
    const wasLeading = this.state.kind === "leading";
    this.state = next;
    if (wasLeading) this.options.listener.onResigned();
  }

  private fail(error: ZookeeperFailure): void {
    // The owner hears of that from the client, and stops the election.
    if (error === "SESSIONEXPIRED") return;
    this.options.listener.onFailed(`the coordination node answered ${error}`);
  }

  private attempt(read: () => void): void {
    try {
      read();
    } catch (error) {
      if (!(error instanceof MalformedZnodeError)) throw error;
      this.options.listener.onFailed(error.message);
    }
  }
}
