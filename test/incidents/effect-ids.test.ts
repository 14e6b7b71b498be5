/** The ids of effects: the same decision promises the same effect, another decision another one. They are stored. */
import { describe, expect, it } from "vitest";
import type { IncidentEvent } from "../../src/incidents/event.ts";
import type { Incident, RunSummary } from "../../src/incidents/incident.ts";
import { reduce } from "../../src/incidents/reduce/reduce.ts";
import { episodeClosed, episodeOpened, openIncident } from "../fakes/episodes.ts";

const nowMs = 1_760_000_000_000;
const ticket = { id: "10001", key: "IR-1", url: "http://jira/IR-1" };
const run: RunSummary = {
  id: "r1",
  fix: "restart-svc",
  remediation: "restart-container",
  target: "my-service",
  atMs: nowMs,
  status: "acted",
  detail: "Restarted my-service.",
};
const retryAtMs = nowMs + 60_000;
const denied = { ...run, status: "denied", retryAtMs } as const;
const open = openIncident({ ticket });
const shared = {
  ...open,
  members: { joined: 5, recovered: 0, left: 0 },
  telling: { due: true, said: 1 },
};
const verified = {
  type: "verified",
  id: "v1",
  run: "r1",
  model: "m",
  at: nowMs * 1000,
  outcome: "not_recovered",
  detail: "0 clean.",
} as const;

function idsOf(incident: Incident | undefined, event: IncidentEvent): readonly string[] {
  const settings = {
    resolveAfterMs: 1,
    reopenDurationMs: 1,
    healthAfterMs: 1,
    ticketed: true,
    fixesFor: () => [],
  };
  const result = reduce(incident, event, { nowMs, nextNumber: 8, settings });
  return result?.effects.map(({ id }) => id) ?? [];
}

describe("the id of an effect", () => {
  it.each<[string, Incident | undefined, IncidentEvent, string]>([
    ["the episode that opens", undefined, episodeOpened(), "inc-e1:e1:0:ticket.open"],
    ["the close of an episode", open, episodeClosed(), "inc-e1:c1:0:incident.settle"],
    [
      "a question that nobody answered",
      open,
      { ...episodeClosed(), type: "episode_unanswered", id: "u1", since: 0 },
      "inc-e1:u1:0:ticket.comment",
    ],
    [
      "the quiet time of the episode",
      { ...open, state: "recovered", members: { joined: 0, recovered: 1, left: 0 } },
      { type: "quiet_passed", episode: "e1" },
      "inc-e1:e1:0:ticket.update",
    ],
    [
      "the ticket",
      { ...open, runs: [run] },
      { type: "ticket_opened", ticket },
      "inc-e1:ticket:10001:0:ticket.update",
    ],
    [
      "what was seen of the ticket, and when",
      open,
      { type: "ticket_seen", ticket: "10001", as: "gone", episode: "e1" },
      `inc-e1:ticket_seen:10001:${nowMs}:0:ticket.ensure`,
    ],
    [
      "the time at which the ticket is to be opened again",
      { ...open, closedByHand: { atMs: 0, untilMs: nowMs } },
      { type: "reopen_due", ticket: "10001" },
      `inc-e1:reopen_due:10001:${nowMs}:0:ticket.ensure`,
    ],
    ["a run and its status", open, { type: "run_changed", run }, "inc-e1:r1:acted:0:run.ask_model"],
    [
      "a run, its status and the time of its retry",
      open,
      { type: "run_changed", run: denied },
      `inc-e1:r1:denied:${retryAtMs}:0:run.retry`,
    ],
    [
      "a retry and its time",
      { ...open, runs: [denied] },
      { type: "retry_due", run: "r1", episode: "e1" },
      `inc-e1:r1:retry:${nowMs}:0:run.ask_again`,
    ],
    [
      "the time at which members are told of",
      shared,
      { type: "members_due" },
      `inc-e1:members:${nowMs}:0:ticket.comment`,
    ],
    [
      "a run's outcome",
      { ...open, runs: [run] },
      verified,
      "inc-e1:r1:not_recovered:0:ticket.comment",
    ],
    [
      "the ill health after a run",
      { ...open, runs: [run] },
      { type: "health_checked", run: "r1", healthy: false, detail: "gone" },
      "inc-e1:r1:failed:0:ticket.comment",
    ],
  ])("names %s", (...[, incident, event, first]) => {
    expect(idsOf(incident, event)[0]).toBe(first);
    expect(idsOf(incident, event)).toEqual(idsOf(incident, event));
  });
});
