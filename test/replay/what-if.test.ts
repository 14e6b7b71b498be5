import { describe, expect, it } from "vitest";
import type { DetectionEvent } from "../../src/detection/event.ts";
import type { Fix } from "../../src/healing/fix.ts";
import {
  simulateIncidents,
  simulateTickets,
  type WhatIfCounts,
  type WhatIfOptions,
} from "../../src/replay/what-if.ts";
import { episodeClosed, episodeOpened } from "../fakes/episodes.ts";
import { atMost } from "../fakes/limits.ts";

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
  ...atMost(2, 24 * hour),
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

  it.each([
    ["of one source", "main", 1],
    ["of sources of their own", "s", 12],
  ])(
    "counts the silence of twelve models %s as the daemon tickets it (FR-S1)",
    (_, source, tickets) => {
      const silent = Array.from({ length: 12 }, (_each, n) => {
        const model = `default/production/${source === "s" ? `s${n}` : source}/m${n}`;
        const at = (startMs + n * 1000) * 1000;
        return episodeOpened({ id: `e${n}`, model, at, kind: "silent", features: [] });
      });
      expect(seen(silent)).toMatchObject({ episodes: 12, tickets, reopened: 0 });
    },
  );

  it("counts no ticket of what was found to be a part of another one before it was told", () => {
    const scattered = Array.from({ length: 6 }, (_, n) => {
      const at = (startMs + n * 1000) * 1000;
      const features = [{ ...episodeOpened().features[0]!, feature: `f${n}` }];
      return episodeOpened({ id: `e${n}`, model: `default/production/main/m${n}`, at, features });
    });
    const { counts, tickets } = simulateTickets(scattered, usual);
    expect(counts).toMatchObject({ episodes: 6, tickets: 1 });
    expect(tickets.map(({ episodes }) => episodes.map(({ id }) => id).toSorted())).toEqual([
      ["e0", "e1", "e2", "e3", "e4", "e5"],
    ]);
  });

  it("counts what is beyond the budget of new tickets as one digest (FR-S3)", () => {
    const many = Array.from({ length: 9 }, (_, n) =>
      episode(n, n / 60, `default/production/s${n}/m`),
    );
    const maxNewTickets = { count: 4, windowMs: hour };
    expect(seen(many.flat(), { maxNewTickets })).toMatchObject({ episodes: 9, tickets: 5 });
    expect(seen(many.flat())).toMatchObject({ tickets: 9 });
  });

  it("tells in a digest of all that is beyond the budget, also of what came after its ticket (FR-S3)", () => {
    const many = Array.from({ length: 9 }, (_, n) =>
      episodeOpened({
        id: `e${n}`,
        model: `default/production/s${n}/m`,
        at: (startMs + n * 600_000) * 1000,
      }),
    );
    const maxNewTickets = { count: 4, windowMs: 24 * hour };
    const model = "default/production/s8/m";
    const at = (startMs + 85 * 60_000) * 1000;
    const again = [
      episodeClosed({ id: "c8", episode: "e8", model, at: at - 1 }),
      episodeOpened({ id: "e9", model, at }),
    ];
    const { tickets } = simulateTickets([...many, ...again], { ...usual, maxNewTickets });
    expect(tickets.map(({ episodes }) => episodes.map(({ id }) => id))).toEqual([
      ...["e0", "e1", "e2", "e3"].map((id) => [id]),
      ["e4", "e5", "e6", "e7", "e8", "e9"],
    ]);
  });

  it("counts the mails that open, end and close a ticket", () => {
    const untilMs = startMs + 2 * hour;
    expect(seen(episode(1, 0))).toMatchObject({ tickets: 1, mails: 1 });
    expect(seen(episode(1, 0), { untilMs })).toMatchObject({ tickets: 1, mails: 3 });
  });

  it("starts no run whose condition does not fit", () => {
    const fixes = [{ ...restart, when: { features: ["age"] } }];
    expect(seen(episode(1, 0), { fixes })).toMatchObject({ runs: 0, observed: 0, denied: 0 });
  });
});
