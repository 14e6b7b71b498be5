/** A store with one fix that asks first, whoever carries its runs out, and people who answer. */
import { Registry } from "prom-client";
import type { Remediation, Target } from "../../remediations/remediation.ts";
import { wishingBy } from "../../src/app/commands.ts";
import { systemClock } from "../../src/clock.ts";
import type { Wishing } from "../../src/commands/context.ts";
import type { RunRequest } from "../../src/healing/decide-run.ts";
import { questionExecutor, runExecutor } from "../../src/healing/executors.ts";
import type { Fix } from "../../src/healing/fix.ts";
import { healingMetrics } from "../../src/healing/metrics.ts";
import { defaultApproval } from "../../src/healing/proposing.ts";
import { rollLedger } from "../../src/healing/roll-ledger.ts";
import { runLedger } from "../../src/healing/run-ledger.ts";
import { Runner } from "../../src/healing/runner.ts";
import { isDigest } from "../../src/incidents/digest.ts";
import { timerExecutor } from "../../src/incidents/executor.ts";
import type { Incident } from "../../src/incidents/incident.ts";
import type { Attempt } from "../../src/outbox/executor.ts";
import type { NewCommand } from "../../src/store/commands/command.ts";
import { setRights } from "../../src/store/commands/rights.ts";
import { getIncident } from "../../src/store/incidents/incident.ts";
import { type ListedRun, listRuns } from "../../src/store/runs/list.ts";
import type { Store } from "../../src/store/store.ts";
import type { StreamRecord } from "../../src/stream/record.ts";
import { episodeOpened } from "../fakes/episodes.ts";
import { atMost } from "../fakes/limits.ts";
import { goodPermit } from "../fakes/permit.ts";
import { answered, comment } from "./command-store.ts";
import { outboxOf, record, type TestOutbox } from "./effects.ts";
import { executorsOf, withOneFix } from "./executors.ts";
import { silent } from "./store.ts";

const hour = 3_600_000;

export interface Approving {
  readonly store: Store;
  readonly outbox: TestOutbox;
  readonly runner: Runner;
  readonly wishing: Wishing;
  /** Started-at of what was acted on. */
  readonly acts: string[];
  readonly asked: StreamRecord[];
  /** Replaces the container by one that has started since. */
  readonly recreate: () => void;
  readonly open: (id: string, newestRowMs?: number) => Promise<void>;
  /** @returns what is answered */
  readonly say: (said: string, changes?: Partial<NewCommand>) => Promise<string>;
  readonly run: () => Promise<ListedRun | undefined>;
  readonly incident: () => Promise<Incident>;
}

export async function approving(
  store: Store,
  {
    remediation: otherwise,
    ...changes
  }: Partial<Pick<Fix, "approval" | "cooldownMs" | "mode" | "tier" | "budgets" | "storm">> & {
    /** Acts instead of the double. */
    readonly remediation?: Remediation;
  } = {},
): Promise<Approving> {
  const acts: string[] = [];
  const asked: StreamRecord[] = [];
  let started = 1;
  const targetNow = (): Target => ({
    id: "a".repeat(64),
    name: "feature-store-1",
    host: "box",
    snapshot: { image_id: "sha256:1", started_at: `2026-11-19T06:0${started}:00Z` },
    refusal: undefined,
  });
  const remediation: Remediation = otherwise ?? {
    resolve: async () => [targetNow()],
    called: ["feature-store"],
    plan: ({ name }) => ({ does: `restarts ${name}`, parameters: { grace_seconds: "10" } }),
    act: async ({ snapshot }, mayAct) => {
      await mayAct?.();
      acts.push(snapshot["started_at"] ?? "");
      return { status: "done", detail: "restarted", after: {} };
    },
    lookUp: async () => ({ status: "unknown", detail: "not seen" }),
    health: async () => "healthy",
  };
  const fix: Fix = {
    name: "restart-svc",
    when: { features: ["credit_score"] },
    remediation: "restart-container",
    tier: "auto",
    mode: "approve",
    cooldownMs: 0,
    approval: defaultApproval,
    ...atMost(10, hour),
    ...changes,
  };
  const runner = new Runner({
    fixes: [{ fix, remediation }],
    ledger: runLedger(store, systemClock),
    rolls: rollLedger(store, systemClock),
    clock: systemClock,
    logger: silent,
    metrics: healingMetrics(new Registry(), async () => []),
    restoredAtMs: () => undefined,
    canAnswer: ["sarah", "tom"],
  });
  const wishing = wishingBy({ fixes: [{ fix, remediation }], runner, clock: systemClock });
  const verify = { modelAfterMs: hour, minAttributions: 3, giveUpCadences: 6 };
  const executors = [
    ...executorsOf({}).filter(({ dependency }) => dependency === "tracker"),
    runExecutor(runner),
    questionExecutor(verify, async (question) => void asked.push(question)),
    timerExecutor,
  ];
  const outbox = outboxOf(store, executors, { recording: withOneFix, owner: "me" });
  const rights = ["5b10-sarah", "5b10-tom"].flatMap((handle) =>
    ["known", "responder"].map((role) => ({ handle, role })),
  );
  await store.transaction((tx) => setRights(tx, rights, 1000));
  const incident = async (): Promise<Incident> => {
    const found = await getIncident(store, "inc-e1");
    if (found === undefined || isDigest(found)) throw new Error("there is no incident");
    return found;
  };
  return {
    store,
    outbox,
    runner,
    wishing,
    acts,
    asked,
    incident,
    recreate: () => {
      started += 1;
    },
    open: (id, newestRowMs = Date.now()) => {
      const at = newestRowMs * 1000;
      return record(
        store,
        episodeOpened({ id, model: `t/e/${id}/m`, at, newestRow: at }),
        withOneFix,
      );
    },
    say: async (said, how = {}) =>
      (await answered(store, comment(said, how), wishing)).text.replaceAll("\n", " "),
    run: async () => (await listRuns(store)).items[0],
  };
}

/** Starts a run as the outbox would, without one. */
export async function startRun(
  { runner, incident }: Pick<Approving, "runner" | "incident">,
  request: Partial<RunRequest> = {},
  attempt: Partial<Attempt> = {},
): ReturnType<Runner["start"]> {
  const given = { id: "x", attempt: 1, unknown: false, mayAct: goodPermit, ...attempt };
  return runner.start({ fix: "restart-svc", episode: "e1", ...request }, await incident(), given);
}
