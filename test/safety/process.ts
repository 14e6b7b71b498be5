/** A process of the daemon in a history: its own configuration, and effects that it carries out until it dies. */
import { AssertionError } from "node:assert";
import { pino } from "pino";
import { Registry } from "prom-client";
import type { Remediation } from "../../remediations/remediation.ts";
import type { Clock } from "../../src/clock.ts";
import { questionExecutor, runExecutor } from "../../src/healing/executors.ts";
import type { Fix } from "../../src/healing/fix.ts";
import type { HistoryFacts } from "../../src/healing/gates/gate-facts.ts";
import type { HistoryFilter } from "../../src/healing/gather.ts";
import { healingMetrics } from "../../src/healing/metrics.ts";
import type { RunLedger } from "../../src/healing/run-ledger.ts";
import { Runner } from "../../src/healing/runner.ts";
import { Wishes } from "../../src/healing/wishes.ts";
import type { IncidentEvent } from "../../src/incidents/event.ts";
import { timerExecutor } from "../../src/incidents/executor.ts";
import type { Incident } from "../../src/incidents/incident.ts";
import type { Attempt, Handled } from "../../src/outbox/executor.ts";
import { laterBy, readClocks } from "../../src/permit.ts";
import type { Effect } from "../../src/store/outbox/effect.ts";
import type { Run } from "../../src/store/runs/run.ts";
import type { Pause, SafetyEngine } from "./engine.ts";
import type { MemoryStore, Promised } from "./memory-store.ts";
import { type FixName, type FixSettings, fixNames } from "./steps.ts";

/** The process was killed in the middle of its work. */
export class Killed extends Error {}

const logger = pino({ level: "silent" });
const metrics = healingMetrics(new Registry(), async () => []);
const verify = { modelAfterMs: 60_000, minAttributions: 1, giveUpCadences: 6 };

export function fixOf(name: FixName, settings: FixSettings): Fix {
  const {
    approvals,
    twice,
    others = false,
    expiresMs,
    denyForMs,
    maintenance,
    storm,
    ...limits
  } = settings;
  const features = { "restart-a": ["fa"], "restart-b": ["fb"], "restart-any": ["fa", "fb"] };
  return {
    ...limits,
    name,
    ...(storm !== undefined && { storm: { targets: storm, models: 1 } }),
    maintenance: maintenance
      ? [{ ...maintenance, name: "nightly", timeZone: "UTC", matchers: {} }]
      : [],
    when: { features: features[name] },
    remediation: "restart-container",
    approval: { rules: { approvals, others, twice }, expiresMs, denyForMs },
  };
}

/** What all processes share, and what watches them. */
export interface Shared {
  readonly store: MemoryStore;
  readonly ledger: RunLedger;
  readonly engine: SafetyEngine;
  readonly clock: Clock;
  readonly restoredAtMs: () => number | undefined;
  /** A process has decided a run by its settings. */
  readonly onDecided: (run: Run, settings: FixSettings) => void;
}

/** Carries out one effect as the outbox does. @throws Killed when the process dies meanwhile */
export async function carryOut(
  shared: Shared,
  settings: Readonly<Record<FixName, FixSettings>>,
  { taken, pause }: { readonly taken: Promised; readonly pause: Pause },
): Promise<void> {
  const { store, clock } = shared;
  taken.attempt += 1;
  const mine = taken.attempt;
  const wasUnknown = taken.unknown;
  taken.unknown = true;
  const isOurs = (): boolean =>
    store.rows.effects.get(taken.id) === taken && taken.attempt === mine;
  const attempt: Attempt = {
    id: taken.id,
    attempt: mine,
    unknown: wasUnknown,
    lastError: taken.lastError,
    mayAct: async () => {
      await pause();
      if (!isOurs()) throw new Error("another worker has taken the effect");
      return { effect: taken.id, attempt: mine, ...laterBy(readClocks(), 60_000) };
    },
  };
  let handled: Handled<IncidentEvent>;
  try {
    handled = await handlerOf(shared, settings, pause)(
      taken.effect,
      incidentOf(store, taken),
      attempt,
    );
    await pause();
  } catch (error) {
    if (error instanceof Killed || error instanceof AssertionError) throw error;
    if (!isOurs()) return;
    taken.lastError = String(error);
    taken.dueMs = clock.now() + 1000;
    return;
  }
  if (!isOurs()) return;
  if ("notYet" in handled) {
    taken.dueMs = clock.now() + handled.askAgainInMs;
    return;
  }
  store.rows.effects.delete(taken.id);
  for (const event of "contacted" in handled ? handled.events : handled)
    store.record(event, taken.incident);
}

function incidentOf(store: MemoryStore, { incident }: Promised): Incident {
  const found = store.rows.incidents.get(incident);
  if (found === undefined) throw new Error(`incident ${incident} is gone`);
  return found;
}

type Handle = (
  effect: Effect,
  incident: Incident,
  attempt: Attempt,
) => Promise<Handled<IncidentEvent>>;

function handlerOf(
  shared: Shared,
  settings: Readonly<Record<FixName, FixSettings>>,
  pause: Pause,
): Handle {
  const executors = [
    runExecutor(runnerOf(shared, configured(shared, settings, pause), pause)),
    questionExecutor(verify, async (record) => {
      await pause();
      if (record.kind === "verify")
        shared.store.rows.questions.push({ run: record.run, model: record.model });
    }),
    timerExecutor,
  ];
  return async (effect, incident, attempt) => {
    for (const { handlers } of executors) {
      const handle = new Map<string, Handle>(Object.entries(handlers)).get(effect.kind);
      if (handle !== undefined) return handle(effect, incident, attempt);
    }
    return [];
  };
}

interface SafetyFix {
  readonly fix: Fix;
  readonly remediation: Remediation;
  readonly settings: FixSettings;
}

function configured(
  { engine }: Shared,
  settings: Readonly<Record<FixName, FixSettings>>,
  pause: Pause,
): readonly SafetyFix[] {
  return fixNames.map((name) => ({
    fix: fixOf(name, settings[name]),
    remediation: engine.remediation(name, pause),
    settings: settings[name],
  }));
}

/** The engine of a history answers in time, or throws. */
const untilAborted: Clock["sleep"] = (_ms, signal) =>
  new Promise((resolve) => {
    signal?.addEventListener("abort", () => resolve());
  });

/** A process looks at the fixes for a person, and judges what they ask for in one transaction. */
export function wishesOf(shared: Shared, settings: Readonly<Record<FixName, FixSettings>>): Wishes {
  const fixes = configured(shared, settings, async () => undefined);
  const runner = runnerOf(shared, fixes, async () => undefined);
  return new Wishes({ fixes, runner, clock: { ...shared.clock, sleep: untilAborted } });
}

/** It dies and waits at each call of a port, before and after. */
function runnerOf(
  { clock, restoredAtMs, ledger, onDecided }: Shared,
  fixes: readonly SafetyFix[],
  pause: Pause,
): Runner {
  const watched =
    (about: HistoryFilter, judge: (history: HistoryFacts) => Run) =>
    (history: HistoryFacts): Run => {
      const decided = judge(history);
      const by = fixes.find(({ fix }) => fix.name === about.fix);
      if (by !== undefined) onDecided(decided, by.settings);
      return decided;
    };
  return new Runner({
    fixes,
    ledger: {
      ...ledger,
      decideIn: (tx, about, judge) => ledger.decideIn(tx, about, watched(about, judge)),
      get: async (id) => {
        await pause();
        return ledger.get(id);
      },
      decide: async (about, judge) => {
        await pause();
        const run = await ledger.decide(about, watched(about, judge));
        await pause();
        return run;
      },
      finish: async (id, change) => {
        await pause();
        const run = await ledger.finish(id, change);
        await pause();
        return run;
      },
    },
    clock,
    logger,
    metrics,
    restoredAtMs,
    canAnswer: ["sarah", "tom"],
  });
}
