/** The executors of run effects: they start runs, check health, and ask the model's detectors. */

import { isUnavailable } from "../errors.ts";
import { isDigest } from "../incidents/digest.ts";
import type { QuestionEffect, RunEffect } from "../incidents/effect.ts";
import type { IncidentExecutor } from "../incidents/executor.ts";
import type { Incident } from "../incidents/incident.ts";
import { retryQuestion } from "../incidents/reduce/retries.ts";
import { modelKeyOf } from "../incidents/subject.ts";
import type { ModelKey } from "../model-key.ts";
import type { StreamRecord, VerifyRecord } from "../stream/record.ts";
import type { Runner } from "./runner.ts";

export interface VerifyOptions {
  /** The model is judged no earlier than this after the act, ms. */
  readonly modelAfterMs: number;
  readonly minAttributions: number;
  readonly giveUpCadences: number;
}

/** Pause before the health of a starting target is read again, ms. */
const askAgainInMs = 30_000;

const nothingToDo = { events: [], contacted: false } as const;

/** Starts runs, and reads the health of their targets from the container engine. */
export function runExecutor(runner: Runner): IncidentExecutor<RunEffect> {
  return {
    dependency: "engine",
    orderKey: "run",
    isUnavailable,
    handlers: {
      "run.start": async (effect, incident, attempt) => {
        if (isDigest(incident)) return nothingToDo;
        const { run, contacted, waits } = await runner.start(effect, incident, attempt);
        if (waits !== undefined) {
          const later = { notYet: waits.for, askAgainInMs: waits.askAgainInMs };
          return contacted ? later : { ...later, contacted };
        }
        const { episode } = effect;
        const events =
          run === undefined ? [] : [{ type: "run_changed", run: { ...run, episode } } as const];
        return contacted ? events : { events, contacted };
      },
      "run.check_health": async (effect) => {
        const health = await runner.health(effect.run);
        if (health === undefined) return nothingToDo;
        const { status, detail } = health;
        if (status === "starting") return { notYet: detail, askAgainInMs };
        return [{ type: "health_checked", run: effect.run, healthy: status === "healthy", detail }];
      },
    },
  };
}

/**
 * Appends questions for the model's own detectors, and markers, to the stream.
 *
 * @param ask appends a record to the stream
 */
export function questionExecutor(
  verify: VerifyOptions,
  ask: (record: StreamRecord) => Promise<void>,
): IncidentExecutor<QuestionEffect> {
  return {
    dependency: "stream",
    orderKey: "run",
    isUnavailable,
    handlers: {
      "run.ask_model": async (effect, incident) => {
        if (isDigest(incident)) return nothingToDo;
        const model = modelKeyOf(incident.subject);
        if (model === "") return nothingToDo;
        await ask(question(effect.run, { incident, model, verify }));
        return [];
      },
      "stream.append": async ({ record }) => {
        await ask(record);
        return [];
      },
      "run.ask_again": async ({ run, atMs }, incident) => {
        if (isDigest(incident)) return nothingToDo;
        const model = modelKeyOf(incident.subject);
        if (model === "") return nothingToDo;
        await ask(retryRecord(run, { model, atMs, verify }));
        return [];
      },
    },
  };
}

/** The question whether the model is still anomalous. One attribution after the question is enough for the answer. */
function retryRecord(
  run: string,
  {
    model,
    atMs,
    verify,
  }: { readonly model: ModelKey; readonly atMs: number; readonly verify: VerifyOptions },
): VerifyRecord {
  return {
    kind: "verify",
    run: retryQuestion(run, atMs),
    model,
    since: Math.round(atMs * 1000),
    notBefore: Math.round(atMs * 1000),
    minAttributions: 1,
    giveUpCadences: verify.giveUpCadences,
  };
}

/** The question whether the run helped. Its id is the run's id, so a repeated question is answered once. */
function question(
  run: string,
  {
    incident,
    model,
    verify,
  }: {
    readonly incident: Incident;
    readonly model: ModelKey;
    readonly verify: VerifyOptions;
  },
): VerifyRecord {
  const actedAtMs = incident.runs.find((known) => known.id === run)?.atMs ?? incident.lastSeenAtMs;
  return {
    kind: "verify",
    run,
    model,
    since: actedAtMs * 1000,
    notBefore: (actedAtMs + verify.modelAfterMs) * 1000,
    minAttributions: verify.minAttributions,
    giveUpCadences: verify.giveUpCadences,
  };
}
