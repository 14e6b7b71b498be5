/** The stored replicas of runs as healing uses them. Each act on a replica is stored before it begins. */
import type { Clock } from "../clock.ts";
import type { Freeze } from "../incidents/freeze.ts";
import type { Silence } from "../incidents/silence.ts";
import { freezesNotOver } from "../store/freezes/freeze.ts";
import { silenceOfIncident } from "../store/incidents/silences.ts";
import { appendJournal } from "../store/journal/append.ts";
import { sealRows } from "../store/journal/seal-rows.ts";
import type { Tx } from "../store/query.ts";
import { beginReplicas, changeReplica, type ReplicaChange } from "../store/runs/replicas.ts";
import { getRun, type Run } from "../store/runs/run.ts";
import type { Store } from "../store/store.ts";

/** The freezes and the silence since the decision of the run. */
export interface SaidSince {
  readonly freezes: readonly Freeze[];
  /** The silence of the incident; null where there is none. */
  readonly silence: Silence | null;
}

export interface ReplicaBeginning {
  readonly run: Pick<Run, "id" | "incident">;
  /** Numbers of the replicas. */
  readonly which: readonly number[];
  readonly atMs: number;
  /** Why the acts may not begin after all; undefined when they may. */
  readonly mayNot: (said: SaidSince) => string | undefined;
}

/** `taken`: another process continues the run. */
export type BegunReplicas =
  | { readonly status: "begun" | "taken" }
  | { readonly status: "held"; because: string };

export interface RollLedger {
  /** Checks whether the acts may begin and stores that they do, in one transaction. */
  begin(beginning: ReplicaBeginning): Promise<BegunReplicas>;
  /** Records the result of a replica, unless another process has. @returns the run as it is now */
  record(change: ReplicaChange): Promise<Run | undefined>;
}

/** @param clock gives the times of the journal */
export function rollLedger(store: Store, clock: Clock): RollLedger {
  return {
    begin: (beginning) =>
      store.transaction(async (tx): Promise<BegunReplicas> => {
        const { run, which, atMs, mayNot } = beginning;
        const freezes = await freezesNotOver(tx, atMs);
        const silence = await silenceOfIncident(tx, run.incident);
        const because = mayNot({ freezes, silence });
        if (because !== undefined) return { status: "held", because };
        const keys = await beginReplicas(tx, { run: run.id, which, atMs });
        await seal(tx, keys, clock);
        return { status: keys.length === which.length ? "begun" : "taken" };
      }),
    record: (change) =>
      store.transaction(async (tx) => {
        await seal(tx, await changeReplica(tx, change), clock);
        return getRun(tx, change.run);
      }),
  };
}

/** Appends to the journal. A transaction locks the journal's head last. */
async function seal(tx: Tx, keys: readonly string[], clock: Clock): Promise<void> {
  if (keys.length === 0) return;
  await appendJournal(tx, await sealRows(tx, { run_replicas: keys }, clock.now()));
}
