/**
 * Reports the state of the service to systemd: starting, ready, which parts are not ok, and that it makes progress.
 *
 *     starting ──started()──► waiting to be ready ──ready, or waited long enough──► running ──stopping()──► stopping
 *        └── asks for more time every 10 s ──┘                                        └── WATCHDOG=1, STATUS=…
 *
 * `WATCHDOG=1` is sent only while every loop of the program ends its rounds. Otherwise systemd kills the service and
 * starts it again. An unavailable dependency does not cause that: calls to it fail at a deadline, so the rounds end.
 */
import type { Logger } from "pino";
import type { OverdueRound } from "../rounds.ts";
import type { Readiness } from "./health.ts";
import type { ServiceManager, ServiceMessage } from "./service-manager.ts";

export interface HeartbeatOptions {
  readonly manager: ServiceManager;
  readonly readiness: () => Readiness;
  /** The loop that has not moved for longer than the limit, ms. */
  readonly overdue: (limitMs: number) => OverdueRound | undefined;
  /** The service counts as started after this time, ms, even if parts that it needs are not ok. */
  readonly readyWithinMs: number;
  readonly logger: Logger;
  /** A monotonic clock, ms. */
  readonly nowMs?: () => number;
}

/** A loop is stuck when it has not moved for this many times `WatchdogSec=`. */
const roundsLimit = 5;
const startingEveryMs = 250;
/** How often the starting service asks for more time. Each request asks for three times as long. */
const extendEveryMs = 10_000;
const runningEveryMs = 10_000;
const longestStatus = 300;

export class Heartbeat {
  readonly #options: HeartbeatOptions;
  readonly #nowMs: () => number;
  #state: "starting" | "started" | "running" | "stopping" = "starting";
  #startedAtMs = 0;
  #extendedAtMs = Number.NEGATIVE_INFINITY;
  #status = "";
  #stuck = false;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
    this.#nowMs = options.nowMs ?? (() => performance.now());
  }

  /** All parts have started. The service is ready as soon as they say that they are ok. */
  started(): void {
    this.#state = "started";
    this.#startedAtMs = this.#nowMs();
    this.beat();
  }

  stopping(): void {
    this.#state = "stopping";
    this.#send({ STOPPING: "1", STATUS: "stopping" });
  }

  /** Sends what is due. @returns after how long to call it again, ms */
  beat(): number {
    if (this.#state === "started") this.#becomeReady();
    if (this.#state === "running") this.#run();
    if (this.#state === "starting" || this.#state === "started") this.#askForTime();
    const { watchdogMs } = this.#options.manager;
    if (this.#state !== "running") return startingEveryMs;
    return watchdogMs === undefined ? runningEveryMs : Math.min(runningEveryMs, watchdogMs / 4);
  }

  #becomeReady(): void {
    const { readiness, readyWithinMs } = this.#options;
    const waited = this.#nowMs() - this.#startedAtMs;
    if (!readiness().ready && waited < readyWithinMs) return;
    this.#state = "running";
    this.#send({ READY: "1" });
  }

  #run(): void {
    const { manager, readiness } = this.#options;
    const status = statusOf(readiness());
    const changed = status !== this.#status;
    this.#status = status;
    const message: ServiceMessage = {
      ...(changed && { STATUS: status }),
      ...(manager.watchdogMs !== undefined && this.#moves(manager.watchdogMs) && { WATCHDOG: "1" }),
    };
    if (Object.keys(message).length > 0) this.#send(message);
  }

  #moves(watchdogMs: number): boolean {
    const overdue = this.#options.overdue(watchdogMs * roundsLimit);
    if (overdue !== undefined && !this.#stuck) {
      const { loop, forMs } = overdue;
      const fields = { loop, seconds: Math.round(forMs / 1000) };
      this.#options.logger.error(fields, "no progress; systemd will restart the service");
    }
    this.#stuck = overdue !== undefined;
    return !this.#stuck;
  }

  #askForTime(): void {
    if (this.#nowMs() - this.#extendedAtMs < extendEveryMs) return;
    this.#extendedAtMs = this.#nowMs();
    const status = this.#state === "starting" ? "starting" : statusOf(this.#options.readiness());
    this.#send({ EXTEND_TIMEOUT_USEC: String(extendEveryMs * 3 * 1000), STATUS: status });
  }

  #send(message: ServiceMessage): void {
    this.#options.manager.notify(message);
  }
}

/** `ready`, or which parts are not ok and why. */
function statusOf({ ready, degraded, parts }: Readiness): string {
  const reasons = Object.entries(parts)
    .filter(([, part]) => !part.ok)
    .map(([name, { reason }]) => `${name}: ${reason}`);
  const word = ready ? (degraded ? "ready, degraded" : "ready") : "not ready";
  return [word, ...reasons].join("; ").slice(0, longestStatus);
}
