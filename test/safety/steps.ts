/** The steps that a random history is made of. Plain data. */
import type { BudgetScope } from "../../src/healing/budgets.ts";
import type { FixMode } from "../../src/healing/fix.ts";

export const fixNames = ["restart-a", "restart-b", "restart-any"] as const;
export type FixName = (typeof fixNames)[number];
export const models = ["t/e/main/m0", "t/e/main/m1", "t/e/main/m2"] as const;
/** What a fix's selector finds. */
export const selections = ["one", "none", "undefined", "twice", "several", "refused"] as const;
export type Selection = (typeof selections)[number];
/** How an act ends: what is reported, and whether it took effect. */
export const fates = ["done", "failed", "unknown_done", "unknown_not_done"] as const;
export type Fate = (typeof fates)[number];
export const people = ["sarah", "tom", "eve"] as const;
export type PersonName = (typeof people)[number];

/** What the configuration says of a fix. */
export interface FixSettings {
  readonly mode: FixMode;
  readonly tier: "auto" | "approval" | "never";
  readonly cooldownMs: number;
  readonly budgets: readonly {
    readonly scope: BudgetScope;
    readonly runs: number;
    readonly windowMs: number;
  }[];
  readonly concurrency: number;
  readonly approvals: number;
  readonly twice: boolean;
  /** Whoever asked for the run may not approve it. Left out: they may. */
  readonly others?: boolean;
  readonly expiresMs: number;
  readonly denyForMs: number;
  readonly withDependants: boolean;
  readonly healthyFloor: number;
  /** More targets than that at once are a storm; undefined where none is. */
  readonly storm: number | undefined;
  /** On every day nothing runs between these minutes after midnight, UTC. */
  readonly maintenance: { readonly from: number; readonly to: number } | undefined;
}

/** One effect carried out by one process. */
export interface Work {
  readonly process: number;
  /** Which of the effects that are due. */
  readonly pick: number;
  /** The process dies at its so-manieth call of a port; 0: it lives. */
  readonly diesAt: number;
}

export type Step =
  | {
      readonly kind: "episode";
      readonly model: number;
      readonly feature: "fa" | "fb";
      readonly severe: boolean;
      readonly ageMs: number;
      readonly warm: boolean;
    }
  | { readonly kind: "recovers"; readonly model: number }
  | ({ readonly kind: "work" } & Work)
  | {
      readonly kind: "together";
      readonly works: readonly [Work, Work];
      /** How long each call of a port takes, in turns. */
      readonly turns: readonly number[];
      /** The second process takes over what the first one has not ended. */
      readonly same: boolean;
    }
  | { readonly kind: "drain" }
  | {
      readonly kind: "say";
      readonly who: PersonName;
      readonly word: "approve" | "deny";
      readonly which: "own" | "none" | "wrong" | "elsewhere";
      readonly incident: number;
      readonly named: boolean;
      readonly again: boolean;
      /** What follows begins at once; the process dies at this call of a port, or lives with 0. */
      readonly begins: number | undefined;
    }
  | {
      /** A person asks for a run of the fix, which the process judges. */
      readonly kind: "wish";
      readonly who: PersonName;
      readonly fix: FixName;
      readonly incident: number;
      readonly process: number;
      /** The same command is carried out twice. */
      readonly again: boolean;
    }
  | { readonly kind: "time"; readonly ms: number }
  | { readonly kind: "clock"; readonly ms: number }
  | {
      readonly kind: "config";
      readonly fix: FixName;
      readonly settings: FixSettings;
      /** Undefined: every process. */
      readonly process: number | undefined;
    }
  | { readonly kind: "selects"; readonly fix: FixName; readonly selection: Selection }
  | { readonly kind: "container"; readonly name: "a" | "b"; readonly fate: Fate }
  | {
      readonly kind: "around";
      readonly name: "a" | "b";
      readonly hasDependants: boolean;
      /** Other healthy containers of its service. */
      readonly healthy: number;
    }
  | { readonly kind: "recreated"; readonly name: "a" | "b" }
  | { readonly kind: "engine"; readonly away: boolean }
  | { readonly kind: "model"; readonly says: "recovered" | "not_recovered" | "inconclusive" }
  | { readonly kind: "silence"; readonly incident: number; readonly ms: number }
  | { readonly kind: "unsilence"; readonly incident: number }
  | {
      readonly kind: "freeze";
      readonly feature: "fa" | "fb" | undefined;
      /** It begins so much later; 0: at once. */
      readonly inMs: number;
      readonly ms: number;
    }
  | { readonly kind: "unfreeze" }
  | { readonly kind: "backup" }
  | { readonly kind: "restore" };

export interface History {
  readonly settings: Readonly<Record<FixName, FixSettings>>;
  readonly steps: readonly Step[];
}
