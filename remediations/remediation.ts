/** The contract of a remediation: an action that may repair something. One module each, one line in the registry. */
import type { z } from "zod";
import type { Clock } from "../src/clock.ts";
import type { MayAct } from "../src/permit.ts";
import type { Dependant, Engine } from "./docker/engine.ts";

/** One thing a run may act on, as it was seen when the run was decided. Compared again right before the act. */
export interface Target {
  /** Stable, full identity (a container's 64 hex digits). */
  readonly id: string;
  /** What people call it. */
  readonly name: string;
  /** What it is, in a few words: its service and its image. Left out: nothing more is known than its name. */
  readonly is?: string;
  /** Targets with the same key are replicas of one service. Left out: it is acted on alone or not at all. */
  readonly replicaOf?: { readonly key: string; readonly service: string };
  /** Whether it is healthy now. Left out: not known. */
  readonly healthy?: boolean;
  /** Its compose service; left out where it belongs to none. */
  readonly service?: string | undefined;
  /** Where it runs; budgets count per host. */
  readonly host: string;
  /** Everything that must not have changed before acting: image id, started-at. Flat strings only. */
  readonly snapshot: Readonly<Record<string, string>>;
  /** Why this must not be touched (a database, ourselves, paused by a person…), one sentence; undefined if it may. */
  readonly refusal: string | undefined;
  /** What loses something while it restarts. Left out: nothing does. */
  readonly dependants?: readonly Dependant[];
  /** The other living replicas of its service, and how many of them are healthy. Left out: there are none. */
  readonly siblings?: { readonly others: number; readonly healthy: number };
}

export type ActResult =
  | {
      readonly status: "done";
      readonly detail: string;
      readonly after: Readonly<Record<string, string>>;
    }
  /** The target is not what it was when the run was decided; nothing was done. */
  | { readonly status: "changed"; readonly detail: string }
  /** It certainly did not take effect, or the target did not stay up after it. */
  | { readonly status: "failed"; readonly detail: string }
  /** It may have taken effect: look it up, never repeat it blindly. */
  | { readonly status: "unknown"; readonly detail: string };

/** What an act would do, for the person who is asked to approve it. */
export interface Plan {
  /** One sentence without an end: what will change on the target. */
  readonly does: string;
  /** What was done, as the first word of a sentence. Left out: `Acted on`. */
  readonly did?: string;
  /** The options that shape the act, as flat strings. An approval is bound to them. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** `stopped`: it does not run, and nothing starts it again by itself. */
export type TargetHealth = "healthy" | "unhealthy" | "starting" | "stopped" | "gone";

export interface Remediation {
  /** What people may call its target, by its configuration alone: a compose service, the value of a label. */
  readonly called?: readonly string[];
  /** Every target the selector matches now. Throws when the engine cannot be asked. */
  resolve(): Promise<readonly Target[]>;
  /** What `act` would do. Reads nothing. */
  plan(target: Target): Plan;
  /**
   * Re-inspects, compares with the snapshot, acts, re-reads. Settles within its own deadline.
   *
   * @param mayAct called right before the act, which needs a good permit. It rejects when another process has taken the
   *   run over; then nothing may be done. Left out where no other process can. Finishing its own act needs no permit.
   * @throws nothing but what `mayAct` throws
   */
  act(target: Target, mayAct?: MayAct): Promise<ActResult>;
  /**
   * Whether an act whose outcome is unknown took effect. It never repeats the act. Never throws.
   *
   * @param begunAtMs when the act began. If given, what the act itself left half done is finished, for example a
   *   container is started that the act left stopped
   */
  lookUp(target: Target, begunAtMs?: number): Promise<ActResult>;
  /**
   * Throws when the engine cannot be asked.
   *
   * @param after the target as it was after the act. If given, a target without a health check that was started again
   *   since is unhealthy
   */
  health(target: Target, after?: Readonly<Record<string, string>>): Promise<TargetHealth>;
}

/** auto: idempotent, may run by itself; approval: a person must agree; never: refused even then. */
export type Tier = "auto" | "approval" | "never";

/** What remediations act through. Each key is the section of the config that provides it. */
export interface Means {
  /** A container engine. */
  readonly docker: Engine;
}

export type Requirement = keyof Means;

export interface RemediationType<Config, Required extends Requirement> {
  /** Kebab-case; the `do:` of a fix. */
  readonly name: string;
  readonly tier: Tier;
  /** Strict schema of a fix's keys for this remediation: `target` and its own options. */
  readonly config: z.ZodType<Config>;
  /** What it acts through, and is handed. A config with a fix that requires what it lacks is refused. */
  readonly requires: readonly Required[];
  create(config: Config, means: Pick<Means, Required> & { readonly clock: Clock }): Remediation;
}

/** A remediation in the registry, whatever its config and requirements. */
export type RegisteredRemediation = RemediationType<unknown, Requirement>;
