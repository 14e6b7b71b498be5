/** Carries the run effects of the outbox out. */

import type { Incident } from "../incidents/incident.ts";
import type { EffectHandlers } from "../outbox/executor.ts";
import type { StreamRecord, VerifyRecord } from "../stream/record.ts";
import type { Runner } from "./runner.ts";

export interface VerifyOptions {
  /** The model is judged no earlier than this after the act, ms. */
  readonly modelAfterMs: number;
  readonly minAttributions: number;
  readonly giveUpCadences: number;
}

export interface RunEffectsOptions {
  readonly runner: Runner;
  readonly verify: VerifyOptions;
  /** Puts the question to the model's detectors into the stream. */
  readonly ask: (record: StreamRecord) => Promise<void>;
}

type RunEffects = Pick<EffectHandlers, "run.start" | "run.check_health" | "run.ask_model">;

export function runEffects({ runner, verify, ask }: RunEffectsOptions): RunEffects {
  return {
    "run.start": async (effect, incident, attempt) => {
      const { run, asked } = await runner.start(effect, incident, attempt);
      const events = run === undefined ? [] : [{ type: "run_changed", run } as const];
      return asked ? events : { events, asked };
    },
    "run.check_health": async (effect) => {
      const health = await runner.health(effect.run);
      return health === undefined
        ? { events: [], asked: false }
        : [{ type: "health_checked", run: effect.run, ...health }];
    },
    "run.ask_model": async (effect, incident) => {
      await ask(question(effect.run, incident, verify));
      return [];
    },
  };
}

/** Asked twice it is answered once: the run is its identity. */
function question(run: string, incident: Incident, verify: VerifyOptions): VerifyRecord {
  const actedAtMs = incident.runs.find((known) => known.id === run)?.atMs ?? incident.lastSeenAtMs;
  return {
    kind: "verify",
    run,
    model: incident.model,
    since: actedAtMs * 1000,
    notBefore: (actedAtMs + verify.modelAfterMs) * 1000,
    minAttributions: verify.minAttributions,
    giveUpCadences: verify.giveUpCadences,
  };
}
