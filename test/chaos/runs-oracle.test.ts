import { describe, expect, it } from "vitest";
import type { Restart } from "./container-engine.ts";
import { happened, type StoredRun, wrongLedger, wrongRestarts } from "./runs-oracle.ts";

const run = (id: string, status: string, startedAt = "T0"): StoredRun => ({
  id,
  fix: "restart-a",
  status,
  target_id: "c1",
  started_at: startedAt,
  detail: "",
});
const restart = (before: string, after: string): Restart => ({
  container: "c1",
  before,
  after,
  atMs: 0,
});
const limited = (allowed: number) => ({
  maxRunsOf: () => allowed,
  asks: () => false,
  wishes: [],
  heldBack: [],
});
const once = [restart("T0", "T1")];

describe("the oracle of runs", () => {
  it.each([
    { what: "one that acted", runs: [run("r1", "acted")] },
    { what: "one of unknown outcome", runs: [run("r1", "unknown")] },
    // Seed 9103 on the log: the first one's request never arrived, so the next found the container as it was.
    {
      what: "the second after an unknown outcome",
      runs: [run("r1", "unknown"), run("r2", "acted")],
    },
    { what: "one of two unknown outcomes", runs: [run("r1", "unknown"), run("r2", "unknown")] },
    { what: "one after a failure", runs: [run("r1", "failed"), run("r2", "acted")] },
  ])("takes a restart for the act of $what", ({ runs }) => {
    expect(wrongRestarts(runs, once)).toEqual([]);
    expect(runs.filter((one) => happened(one, runs, once))).toHaveLength(1);
  });

  it.each([
    { what: "a restart without a run", runs: [], restarts: once },
    { what: "a restart of a run that failed", runs: [run("r1", "failed")], restarts: once },
    {
      what: "a run that was repeated blindly",
      runs: [run("r1", "unknown")],
      restarts: [...once, restart("T1", "T2")],
    },
    {
      what: "two runs that claim one restart",
      runs: [run("r1", "acted"), run("r2", "acted")],
      restarts: once,
    },
    { what: "a run that says it acted and did not", runs: [run("r1", "acted")], restarts: [] },
  ])("finds $what", ({ runs, restarts }) => {
    expect(wrongRestarts(runs, restarts)).not.toEqual([]);
  });
});

const restarts = (count: number): readonly Restart[] =>
  Array.from({ length: count }, (_, n) => restart(`T${n}`, `T${n + 1}`));

describe("FR-M3: the engine's ledger, against the decisions in the stream alone", () => {
  const opened = Array.from({ length: 4 }, (_, n) => ({
    type: "episode_opened",
    id: `e${n}`,
    model: "t/e/s/a",
    features: [{ feature: "cpu_usage", part: 1 }],
  }));

  it.each([
    {
      what: "a program that denies every run",
      count: 0,
      allowed: 10,
      wrong: "only 0 restarts, of 4 called for",
    },
    { what: "an uncalled restart", count: 5, allowed: 10, wrong: "5 restarts, of 4 called for" },
    { what: "one beyond the budget", count: 4, allowed: 3, wrong: "4 restarts, of 3 called for" },
  ])("fails $what", ({ count, allowed, wrong }) => {
    expect(wrongLedger(opened, restarts(count), limited(allowed))).toEqual([wrong]);
  });

  it("passes one that restarts nothing of what broke while the engine was away", () => {
    const heldBack = [{ fromMs: 0, toMs: 1 }];
    expect(wrongLedger(opened, [], { ...limited(3), heldBack })).toEqual([]);
  });

  it("fails one that restarts nothing of what broke while the engine was there", () => {
    expect(wrongLedger(opened, [], limited(3))).toEqual(["only 0 restarts, of 3 called for"]);
  });

  it("passes one that restarts what it should", () => {
    expect(wrongLedger(opened, restarts(3), limited(3))).toEqual([]);
  });
});
