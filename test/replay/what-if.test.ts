import { describe, expect, it } from "vitest";
import type { DetectionEvent } from "../../src/detection/event.ts";
import type { Fix } from "../../src/healing/fix.ts";
import {
  simulateIncidents,
  type WhatIfCounts,
  type WhatIfOptions,
} from "../../src/replay/what-if.ts";
import { episodeClosed, episodeOpened } from "../fakes/episodes.ts";

const startMs = 1_760_000_000_000;
const hour = 3_600_000;
const usual = { resolveAfterMs: 900_000, reopenDurationMs: 24 * hour, fixes: [], sinceMs: 0 };

/** Episode number `n`, open for half an hour from so many hours after the start. */
function episode(n: number, hours: number, model?: string): readonly DetectionEvent[] {
  const at = (startMs + hours * hour) * 1000;
  const of = model === undefined ? {} : { model };
  return [
    episodeOpened({ id: `e${n}`, at, newestRow: at, ...of }),
    episodeClosed({ id: `c${n}`, episode: `e${n}`, at: at + 1_800_000_000, ...of }),
  ];
}

const seen = (
  events: readonly DetectionEvent[],
  options: Partial<WhatIfOptions> = {},
): WhatIfCounts => simulateIncidents(events, { ...usual, ...options });

const restart: Fix = {
  name: "restart",
  when: { features: ["credit_score"] },
  remediation: "restart-container",
  tier: "auto",
  mode: "auto",
  cooldownMs: 0,
  maxRuns: 2,
  windowMs: 24 * hour,
};

describe("whatIf", () => {
  it("opens one ticket for episodes that follow each other before it is resolved", () => {
    expect(seen([...episode(1, 0), ...episode(2, 0.6)])).toMatchObject({
      episodes: 2,
      tickets: 1,
      reopened: 0,
    });
  });

  it("reopens a resolved ticket within the reopen duration and opens a new one after it", () => {
    const events = [...episode(1, 0), ...episode(2, 10), ...episode(3, 100)];
    expect(seen(events)).toMatchObject({ episodes: 3, tickets: 2, reopened: 1 });
  });

  it("gives each model its own ticket, in whatever order the events come", () => {
    const other = "default/production/main/fraud-v2";
    const events = [...episode(2, 10, other), ...episode(1, 0)];
    expect(seen(events)).toMatchObject({ tickets: 2, reopened: 0 });
  });

  it("remembers what came before the time asked for without counting it", () => {
    const events = [...episode(1, 0), ...episode(2, 10)];
    expect(seen(events, { sinceMs: startMs + 5 * hour })).toMatchObject({
      episodes: 1,
      tickets: 0,
      reopened: 1,
    });
  });

  it("allows no more runs than the budget, and counts what it denied", () => {
    const events = [0, 5, 10, 40].flatMap((hours, i) => episode(i, hours));
    const counted = { runs: 3, observed: 0, denied: 1 };
    expect(seen(events, { fixes: [restart] })).toMatchObject(counted);
  });

  it("denies a run in the cooldown of the one before", () => {
    const fixes = [{ ...restart, cooldownMs: 6 * hour }];
    expect(seen([...episode(1, 0), ...episode(2, 5)], { fixes })).toMatchObject({
      runs: 1,
      denied: 1,
    });
  });

  it("denies a run for a model that is not known well yet, as the daemon does", () => {
    const [opened, closed] = [episodeOpened({ warmUp: "provisional" }), episodeClosed()];
    const denied = { runs: 0, observed: 0, denied: 1 };
    expect(seen([opened, closed], { fixes: [restart] })).toMatchObject(denied);
  });

  it("tells what a fix would only have said from what it would have done", () => {
    const fixes = [{ ...restart, mode: "observe" as const }];
    expect(seen(episode(1, 0), { fixes })).toMatchObject({ runs: 0, observed: 1, denied: 0 });
  });

  it("starts no run whose condition does not fit", () => {
    const fixes = [{ ...restart, when: { features: ["age"] } }];
    expect(seen(episode(1, 0), { fixes })).toMatchObject({ runs: 0, observed: 0, denied: 0 });
  });
});
