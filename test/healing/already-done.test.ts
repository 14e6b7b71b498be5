/** One act on one target for one incident, however many members wish for it. */

import { describe, expect, it } from "vitest";
import { alreadyDone } from "../../src/healing/gates/already-done.ts";
import type { Judgement } from "../../src/healing/gates/gate.ts";
import type { PastAct } from "../../src/healing/gates/gate-facts.ts";
import type { RunSummary } from "../../src/incidents/incident.ts";
import { reduce } from "../../src/incidents/reduce/reduce.ts";
import { openIncident } from "../fakes/episodes.ts";
import { atMost } from "../fakes/limits.ts";
import { exampleRun } from "../tickets/example-incident.ts";

const openedMs = Date.UTC(2026, 2, 1, 12);
const minute = 60_000;

const judged = (actsForIncident: readonly PastAct[], episodeAtMs = openedMs): Judgement =>
  alreadyDone.judge({
    nowMs: openedMs + 10 * minute,
    fix: { name: "f", tier: "auto", cooldownMs: 0, ...atMost(9, minute) },
    freeze: undefined,
    restoredAtMs: undefined,
    newestRowMs: openedMs,
    cadenceMs: minute,
    warmUp: undefined,
    episodeAtMs,
    attempts: [],
    lastAttemptEndMs: undefined,
    actsForIncident,
  });

describe("a wish whose target was acted on for the same incident since its episode opened", () => {
  it.each([
    ["has not been verified yet", null],
    ["helped", "recovered"],
    ["cannot be judged", "inconclusive"],
    ["failed", "failed"],
  ])("is denied for good when the act %s", (_what, outcome) => {
    expect(judged([{ atMs: openedMs + minute, outcome }])).toEqual({
      allow: false,
      reason: expect.stringMatching(/^Already done for this incident, at 2026-03-01/),
    });
  });

  it("is denied when the act was in the moment in which the episode opened, or at no known time", () => {
    expect(judged([{ atMs: openedMs, outcome: null }]).allow).toBe(false);
    expect(judged([{ atMs: Number.NaN, outcome: null }]).allow).toBe(false);
  });

  it("is allowed when the act was before the episode, or did not help: the cooldown says when", () => {
    expect(judged([{ atMs: openedMs - 1, outcome: "recovered" }]).allow).toBe(true);
    expect(judged([{ atMs: openedMs + minute, outcome: "not_recovered" }]).allow).toBe(true);
    expect(judged([]).allow).toBe(true);
  });

  it("is neither told on the ticket nor remembered: the run that acted is", () => {
    const run: RunSummary = exampleRun({ status: "denied", gate: "already_done" });
    const settings = {
      resolveAfterMs: minute,
      reopenDurationMs: minute,
      healthAfterMs: minute,
      fixesFor: () => [],
    };
    const moment = { nowMs: openedMs, nextNumber: 8, settings };
    expect(reduce(openIncident(), { type: "run_changed", run }, moment)).toBeUndefined();
  });
});
