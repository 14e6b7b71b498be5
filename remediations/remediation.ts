/**
 * The contract of a remediation, which is an action that may repair something. Each has a module and a line in the
 * registry.
 */
import type { z } from "zod";
import type { Clock } from "../src/clock.ts";
import type { MayAct } from "../src/permit.ts";
import type { Dependant, Engine } from "./docker/engine.ts";

/** One thing that a run may act on, as it was when the run was decided. It is compared again right before the act. */
export interface Target {
  /** Stable, full identity (a container's 64 hex digits). */
  readonly id: string;
  /** What people call it. */
  readonly name: string;
  /** What it is, in a few words: its service and its image. Left out: only its name is known. */
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
  /**
   * Why no run may act on it (a database, Driftwarden itself, paused by a person…), one sentence; undefined if one may.
   */
  readonly refusal: string | undefined;
  /** The containers that lose something while it restarts. Left out: none. */
  readonly dependants?: readonly Dependant[];
  /**
   * How many other replicas of its service are not stopped, and how many of those are healthy. Left out: there are
   * none.
   */
  readonly siblings?: { readonly others: number; readonly healthy: number };
}

export type ActResult =
  | {
      readonly status: "done";
      readonly detail: string;
      readonly after: Readonly<Record<string, string>>;
    }
  /** The target has changed since the run was decided; nothing was done. */
  | { readonly status: "changed"; readonly detail: string }
  /** It certainly did not take effect, or the target did not stay up after it. */
  | { readonly status: "failed"; readonly detail: string }
  /** It may have taken effect. Look it up before you repeat it. */
  | { readonly status: "unknown"; readonly detail: string };

/** What an act would do, for the person who is asked to approve it. */
export interface Plan {
  /** One sentence without an end: what will change on the target. */
  readonly does: string;
  /** The act as the first word of a sentence, such as `Restarted`. Left out: `Acted on`. */
  readonly did?: string;
  /** The options that shape the act, as flat strings. An approval is bound to them. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** `stopped`: it does not run, and nothing starts it again by itself. */
export type TargetHealth = "healthy" | "unhealthy" | "starting" | "stopped" | "gone";

export interface Remediation {
  /** Names for its target that its configuration gives: a compose service, the value of a label. */
  readonly called?: readonly string[];
  /** Every target that the selector matches now. Throws when the engine cannot be asked. */
  resolve(): Promise<readonly Target[]>;
  /** What `act` would do. Reads nothing. */
  plan(target: Target): Plan;
  /**
   * Inspects the target again, compares it with the snapshot, acts, and reads the result. Settles within its own
   * deadline.
   *
   * @param mayAct called right before the act, which needs a good permit. It rejects when another process has taken
   *   over the run; then nothing may be done. Left out where no other process can take it over. `act` needs no permit
   *   to finish its own act.
   * @throws nothing but what `mayAct` throws
   */
  act(target: Target, mayAct?: MayAct): Promise<ActResult>;
  /**
   * Finds out whether an act with an unknown outcome took effect. It never repeats the act and never throws.
   *
   * @param begunAtMs when the act began. If given, a half-done act is finished: for example, a container that the act
   *   left stopped is started
   */
  lookUp(target: Target, begunAtMs?: number): Promise<ActResult>;
  /**
   * The health of the target. Throws when the engine cannot be asked.
   *
   * @param after the target as it was after the act. If given, a target without a health check is unhealthy if it was
   *   started again after that
   */
  health(target: Target, after?: Readonly<Record<string, string>>): Promise<TargetHealth>;
}

/** auto: may run without a person · approval: a person must agree · never: refused, even if a person agrees. */
export type Tier = "auto" | "approval" | "never";

/** The systems through which remediations act. Each key is the section of the configuration that provides it. */
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
  /** The means that `create` gets. A configuration is refused if a fix requires means that it does not provide. */
  readonly requires: readonly Required[];
  create(config: Config, means: Pick<Means, Required> & { readonly clock: Clock }): Remediation;
}

/** A remediation in the registry, whatever its config and requirements. */
export type RegisteredRemediation = RemediationType<unknown, Requirement>;
