/** When a ticket waits for company, and what is counted of members and told of digests. */
import { describe, expect, it } from "vitest";
import { addToDigest, entryOf, newestEpisode } from "../../src/incidents/digest.ts";
import type { Incident, RunSummary } from "../../src/incidents/incident.ts";
import { moved, noMembers, presentOf, sumOf, totalOf } from "../../src/incidents/member.ts";
import type { ReducerSettings } from "../../src/incidents/reduce/aspect.ts";
import { reduce } from "../../src/incidents/reduce/reduce.ts";
import { worse } from "../../src/incidents/severity.ts";
import { episodeOpened, openIncident, serviceEpisode } from "../fakes/episodes.ts";

const nowMs = 1_760_000_000_000;
const ticket = { id: "1", key: "IR-1", url: "http://jira/IR-1" };
const settings: ReducerSettings = {
  resolveAfterMs: 1,
  reopenDurationMs: 3_600_000,
  healthAfterMs: 1,
  ticketed: true,
  fixesFor: () => [],
};

/** How long after the episode its ticket is opened, ms; undefined when none is. */
function ticketAfterMs(
  episode: Parameters<typeof reduce>[1],
  { before, hasSeveralModels = () => true }: { before?: Incident } & Partial<ReducerSettings> = {},
): number | undefined {
  const at = { nowMs, nextNumber: 8, settings: { ...settings, hasSeveralModels } };
  const opens = reduce(before, episode, at)?.effects.find(
    ({ effect }) => effect.kind === "ticket.open",
  );
  return opens && opens.dueAtMs - nowMs;
}

describe("the first ticket of an incident", () => {
  it("waits ten seconds for the other models of the source that the same cause breaks", () => {
    expect(ticketAfterMs(episodeOpened())).toBe(10_000);
    const asked: string[] = [];
    const hasSeveralModels = (source: string): boolean => asked.push(source) > 1;
    expect(ticketAfterMs(episodeOpened(), { hasSeveralModels })).toBe(0);
    expect(asked).toEqual(["main"]);
  });

  it("does not wait where there is nobody to wait for, or where it has to be told at once", () => {
    const service = serviceEpisode();
    expect(ticketAfterMs(service)).toBe(0);
    expect(ticketAfterMs(serviceEpisode({ severity: "P0" }))).toBe(0);
    const over = openIncident({ state: "resolved", resolvedAtMs: nowMs, ticket });
    expect(ticketAfterMs(episodeOpened({ id: "e2" }), { before: over })).toBe(0);
  });
});

describe("the counts of members", () => {
  it("are moved from one state to the next, and begin with a new one", () => {
    expect(moved(noMembers, undefined, "joined")).toEqual({ joined: 1, recovered: 0, left: 0 });
    const some = { joined: 4, recovered: 2, left: 1 };
    expect(moved(some, "joined", "recovered")).toEqual({ joined: 3, recovered: 3, left: 1 });
  });

  it("add up by state, to all, and to those who have not left", () => {
    const some = { joined: 4, recovered: 2, left: 1 };
    expect(sumOf(some, { joined: 1, recovered: 10, left: 100 })).toEqual({
      joined: 5,
      recovered: 12,
      left: 101,
    });
    expect([totalOf(some), presentOf(some)]).toEqual([7, 6]);
  });
});

describe("the newest episode", () => {
  it("of an incident is its own, and of a digest that of its last entry", () => {
    const [first, last] = ["e1", "e2"].map((id) =>
      openIncident({ episode: episodeOpened({ id }) }),
    );
    expect(newestEpisode(first!).id).toBe("e1");
    const moment = { nowMs, nextNumber: 1, settings };
    const one = addToDigest(undefined, entryOf(first!, nowMs), moment).digest;
    const two = addToDigest(one, entryOf(last!, nowMs), moment).digest;
    expect([newestEpisode(one).id, newestEpisode(two).id]).toEqual(["e1", "e2"]);
  });
});

describe("the worse of two severities", () => {
  it("is the one that is told first", () => {
    expect([worse("P0", "P1"), worse("P1", "P0"), worse("P2", "P2")]).toEqual(["P0", "P0", "P2"]);
  });
});

describe("a run that waits for a model that is silent", () => {
  const run: RunSummary = {
    id: "r1",
    fix: "restart-svc",
    remediation: "restart-container",
    target: undefined,
    atMs: nowMs,
    status: "denied",
    retryAtMs: nowMs,
    detail: "The cooldown goes on.",
  };
  const answer = {
    type: "verified",
    id: "v",
    run: `r1~${nowMs}`,
    model: "m",
    at: nowMs * 1000,
    outcome: "inconclusive",
    detail: "nothing came",
  } as const;
  const at = { nowMs, nextNumber: 8, settings };

  it("is started again when nothing came: that is the model's answer", () => {
    const episode = episodeOpened({ kind: "silent", features: [] });
    const step = reduce(openIncident({ episode, runs: [run] }), answer, at);
    expect(step?.effects.map(({ effect }) => effect.kind)).toEqual(["run.start"]);
    expect(step?.incident.runs).toEqual([run]);
  });

  it("is given up when nothing came of a model that was not silent", () => {
    const step = reduce(openIncident({ runs: [run] }), answer, at);
    expect(step?.effects).toEqual([]);
    expect(step?.incident.runs[0]).toMatchObject({
      retryAtMs: undefined,
      detail: "The cooldown goes on. No row came since.",
    });
  });

  it("is not about an answer that names no question", () => {
    const plain = { ...answer, run: "r1" };
    const kinds = reduce(openIncident({ runs: [run] }), plain, at)?.incident.runs;
    expect(kinds?.[0]).toMatchObject({ outcome: "inconclusive", retryAtMs: nowMs });
  });
});
