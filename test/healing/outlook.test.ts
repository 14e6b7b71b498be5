/** The line of `driftwarden doctor` about the gates of a fix: green, and red by each gate that it asks. */
import { describe, expect, it } from "vitest";
import type { Fix } from "../../src/healing/fix.ts";
import type { HistoryFacts } from "../../src/healing/gates/gate-facts.ts";
import { outlook } from "../../src/healing/outlook.ts";
import type { JudgedRun } from "../../src/incidents/breaker.ts";
import type { Freeze } from "../../src/incidents/freeze.ts";

const nowMs = Date.UTC(2026, 10, 27, 12);
const hour = 3_600_000;
const fix: Fix = {
  name: "restart-svc",
  when: { features: ["cpu"] },
  remediation: "restart-container",
  tier: "auto",
  mode: "auto",
  cooldownMs: hour,
  budgets: [{ scope: "fix", runs: 2, windowMs: 24 * hour }],
  concurrency: 1,
  storm: { targets: 3, models: 0.3 },
};
const nothing: HistoryFacts = { attempts: [], lastAttemptEndMs: undefined };
const attempt = { fix: "restart-svc", target: "a", host: "h" };
const judged = (n: number): JudgedRun => ({
  run: `r${n}`,
  atMs: nowMs - n * hour,
  target: "a",
  outcome: "not_recovered",
});
const freeze: Freeze = {
  id: "cli:1",
  name: "release",
  reason: "release night",
  by: "sarah",
  atMs: nowMs - hour,
  declaredAtMs: nowMs - hour,
  untilMs: nowMs + hour,
  matchers: {},
  endedAtMs: null,
  endedBy: null,
};

type Past = Partial<HistoryFacts> & { readonly restoredAtMs?: number };

const look = ({ restoredAtMs, ...history }: Past) =>
  outlook({ fix, nowMs, history: { ...nothing, ...history }, restoredAtMs }, "fixes.0");

describe("the line of doctor about the gates of a fix", () => {
  it("is green where no gate would deny, and for a fix that is switched off", () => {
    expect(look({})).toMatchObject([{ ok: true, doubtful: false, check: "gates" }]);
    const off = outlook(
      { fix: { ...fix, mode: "off" }, nowMs, history: nothing, restoredAtMs: nowMs },
      "fixes.0",
    );
    expect(off).toMatchObject([{ doubtful: false, message: "restart-svc: is switched off" }]);
  });

  it.each<[string, Past, string]>([
    ["cooldown", { lastAttemptEndMs: nowMs - 60_000 }, "cooldown"],
    [
      "budget",
      { attempts: [2, 3].map((n) => ({ ...attempt, atMs: nowMs - n * hour })) },
      "2 of 2 attempts",
    ],
    [
      "storm",
      { storm: { targets: ["a", "b", "c", "d"], anomalous: 0, models: 100, isOn: false } },
      "4 targets",
    ],
    ["concurrency", { acting: ["other"] }, "other acts now"],
    ["breaker", { judged: [judged(1), judged(2)] }, "did not help"],
    ["restored", { restoredAtMs: nowMs - hour }, "was restored"],
    ["a freeze", { freezes: [freeze] }, 'the freeze "release" by sarah is in force until'],
  ])("was red: %s", (_name, past, says) => {
    expect(look(past)).toMatchObject([
      {
        check: "gates",
        doubtful: true,
        message: expect.stringMatching(/^restart-svc: would be denied now: /),
        key: "fixes.0",
        ask: "you",
      },
    ]);
    expect(look(past)[0]?.message).toContain(says);
  });

  it("names no freeze that is planned or over", () => {
    const planned = { ...freeze, atMs: nowMs + 60_000 };
    const over = { ...freeze, untilMs: nowMs };
    expect(look({ freezes: [planned, over] })).toMatchObject([{ doubtful: false }]);
  });
});
