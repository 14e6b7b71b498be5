/** What an incident does about a run that was denied for now (FR-H1). */
import { describe, expect, it } from "vitest";
import type { IncidentEvent } from "../../src/incidents/event.ts";
import type { Incident, RunSummary } from "../../src/incidents/incident.ts";
import type { Moment } from "../../src/incidents/reduce/aspect.ts";
import { reduce, type Step } from "../../src/incidents/reduce/reduce.ts";
import { episodeClosed, episodeOpened, openIncident } from "../fakes/episodes.ts";

const nowMs = 1_760_000_000_000;
const minute = 60_000;
const hour = 60 * minute;
const moment: Moment = {
  nowMs,
  nextNumber: 8,
  settings: {
    resolveAfterMs: hour,
    reopenDurationMs: hour,
    healthAfterMs: hour,
    fixesFor: () => [],
  },
};

const denied: RunSummary = {
  id: "r1",
  fix: "restart-svc",
  remediation: "restart-container",
  target: undefined,
  atMs: nowMs,
  status: "denied",
  gate: "cooldown",
  retryAtMs: nowMs + minute,
  detail: "The cooldown goes on for 1m.",
};
const waiting = openIncident({ runs: [denied] });
const due = { type: "retry_due", run: "r1", episode: "e1" } as const;
const answer = {
  type: "verified",
  id: "v",
  run: `r1~${nowMs}`,
  model: "default/production/main/churn-v7",
  at: (nowMs + 5000) * 1000,
  outcome: "not_recovered",
  detail: "0 clean in a row of 1 attributions since the run",
} as const;

const stepOf = (incident: Incident, event: IncidentEvent, at = moment): Step | undefined =>
  reduce(incident, event, at);
const effectsOf = (incident: Incident, event: IncidentEvent): readonly unknown[] =>
  stepOf(incident, event)?.effects.map(({ effect }) => effect) ?? [];

describe("a run that is denied for now", () => {
  it("costs no comment, is remembered with its time, and has a timer for it", () => {
    const step = stepOf(openIncident(), { type: "run_changed", run: denied });
    expect(step?.incident.runs).toEqual([denied]);
    expect(step?.effects).toMatchObject([
      {
        effect: { kind: "run.retry", run: "r1", episode: "e1" },
        dueAtMs: nowMs + minute,
        timer: true,
      },
    ]);
  });

  it("has effects of its own each time that it is denied", () => {
    const again = { ...denied, retryAtMs: nowMs + 2 * minute };
    const ids = [denied, again].flatMap(
      (run) => stepOf(openIncident(), { type: "run_changed", run })?.effects ?? [],
    );
    expect(new Set(ids.map(({ id }) => id)).size).toBe(2);
  });

  it("is asked about when its time has come: the model, before the gates", () => {
    expect(effectsOf(waiting, due)).toEqual([{ kind: "run.ask_again", run: "r1", atMs: nowMs }]);
  });

  it("is started again when the model is still anomalous, with news as fresh as the answer", () => {
    expect(effectsOf(waiting, answer)).toEqual([
      { kind: "run.start", fix: "restart-svc", episode: "e1", newestRowMs: nowMs + 5000 },
    ]);
  });

  it("is given up, and remembered to be, when no row came to answer with", () => {
    const step = stepOf(waiting, { ...answer, outcome: "inconclusive" });
    expect(step?.incident.runs[0]?.retryAtMs).toBeUndefined();
    expect(step?.incident.runs[0]?.detail).toBe(`${denied.detail} No row came since.`);
    expect(step?.effects).toEqual([]);
  });

  it("is asked about again in five minutes when one clean attribution came, since its episode goes on", () => {
    const clean = stepOf(waiting, { ...answer, outcome: "recovered" });
    const { id: run } = denied;
    expect(clean?.effects).toMatchObject([
      { effect: { kind: "run.retry", run, episode: waiting.episode.id }, dueAtMs: nowMs + 300_000 },
    ]);
    const episode = waiting.episode.id;
    expect(
      effectsOf(clean?.incident ?? waiting, { type: "retry_due", run, episode }),
    ).toMatchObject([{ kind: "run.ask_again", run }]);
  });

  it("is started again for a model that is silent: that nothing came is its answer", () => {
    const silent = { ...waiting, episode: episodeOpened({ kind: "silent" }) };
    expect(effectsOf(silent, { ...answer, outcome: "inconclusive" })).toHaveLength(1);
  });
});

describe("a run that was denied for now is not asked for again", () => {
  it.each([
    ["when its episode is over", { ...waiting, state: "recovered" }, due],
    ["for another episode", { ...waiting, episode: episodeOpened({ id: "e2" }) }, due],
    [
      "when it has acted since",
      { ...waiting, runs: [{ ...denied, status: "acted", retryAtMs: undefined }] },
      due,
    ],
    ["when the answer comes after the episode", { ...waiting, state: "recovered" }, answer],
    ["when the answer is about another run", waiting, { ...answer, run: "r2~1" }],
  ] as const)("%s", (_when, incident, event) => {
    expect(effectsOf(incident, event)).toEqual([]);
  });

  it("once the episode has closed: nothing waits any more", () => {
    const closed = stepOf(waiting, episodeClosed());
    expect(closed?.incident.runs[0]?.retryAtMs).toBeUndefined();
    expect(closed?.incident.runs[0]).toMatchObject({ status: "denied", gate: "cooldown" });
  });

  it("gets no outcome by the answer to such a question", () => {
    expect(stepOf(waiting, answer)?.incident.runs).toEqual([denied]);
  });
});
