/** A run since which it is worse: only what breaks between the act and its judgement is said of it. */
import { describe, expect, it } from "vitest";
import type { Incident, RunSummary } from "../../src/incidents/incident.ts";
import { episodeOpened, openIncident } from "../fakes/episodes.ts";
import { moment, run, step } from "../fakes/reducing.ts";
import { exampleFeature } from "../tickets/example-incident.ts";

const ticket = { id: "1", key: "IR-1", url: "http://jira/browse/IR-1" };
const named = (...features: readonly string[]) =>
  features.map((feature) => exampleFeature({ feature }));
const first = episodeOpened({ id: "e1", features: named("credit_score") });

const tried = (changes: Partial<RunSummary> = {}, known: Partial<Incident> = {}): Incident =>
  openIncident({
    ticket,
    severity: "P2",
    episode: first,
    kinds: ["shift"],
    runs: [{ ...run, ...changes }],
    ...known,
  });

const minute = 60_000;
const later = (features: readonly string[], atMs = run.atMs + minute) =>
  episodeOpened({ id: `e${atMs}`, at: atMs * 1000, features: named(...features) });

const worseOf = (incident: Incident, ...episodes: readonly ReturnType<typeof later>[]) =>
  episodes.reduce((before, episode) => step(before, episode).incident, incident).runs[0]?.worse;

describe("a run since which it is worse", () => {
  it("is one that is still judged when further features or another kind of trouble come", () => {
    expect(worseOf(tried(), later(["age", "credit_score"]))).toMatchObject({
      atMs: run.atMs + minute,
      features: ["age"],
    });
    const silent = { ...later([]), kind: "silent" } as const;
    expect(worseOf(tried(), silent)).toMatchObject({ kind: "silent", features: [] });
  });

  it("is one when the severity rises, and says from what it was before the act", () => {
    const silent = { ...later([]), kind: "silent" } as const;
    expect(worseOf(tried(), silent)?.rise).toEqual({ from: "P2", to: "P1" });
  });

  it("gathers what comes, from the first time on", () => {
    const worse = worseOf(tried(), later(["age"]), later(["tenure", "age"], run.atMs + 2 * minute));
    expect(worse).toMatchObject({ atMs: run.atMs + minute, features: ["age", "tenure"] });
  });

  it.each<[string, Partial<RunSummary>]>([
    ["was judged already", { outcome: "inconclusive" }],
    ["did not act", { status: "denied" }],
    ["acted afterwards", { atMs: run.atMs + 2 * minute }],
    ["has no time", { atMs: Number.NaN }],
  ])("is none that %s", (_what, changes) => {
    expect(worseOf(tried(changes), later(["age"]))).toBeUndefined();
  });

  it("is none when the same breaks again", () => {
    expect(worseOf(tried({}, { severity: "P1" }), later(["credit_score"]))).toBeUndefined();
  });

  it("has the ticket say so", () => {
    const { effects } = step(tried(), later(["age"]), moment({ ticketed: true }));
    expect(effects.map(({ effect }) => effect.kind)).toContain("ticket.update");
  });
});
