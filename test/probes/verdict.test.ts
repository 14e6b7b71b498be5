/** The decision tree: C15, C23 to C25 and C39 to C41, and C9 (infrastructure or behaviour). */
import { describe, expect, it } from "vitest";
import type { ProbeFinding } from "../../src/probes/probe.ts";
import type { ProbeStanding } from "../../src/probes/standing.ts";
import { type StandingQuestion, verdictOf } from "../../src/probes/verdict.ts";

const fine: ProbeStanding = { recent: "fff", failing: false };
const failing = (finding: Partial<ProbeFinding>, recent = "fxx"): ProbeStanding => ({
  recent,
  failing: recent !== "ffx",
  finding: {
    kind: "down",
    reach: "silent",
    class: "infrastructure",
    said: "no answer",
    ...finding,
  },
});
const silent = failing({});
const once = failing({}, "ffx");
const wrong = failing({ kind: "unhealthy", reach: "degraded", class: "behaviour" });
const oom = failing({ kind: "oom", reach: "silent" });
const oomRunning = failing({ kind: "oom", reach: "degraded" });
const loop = failing({ kind: "restart_loop", reach: "degraded" });
const gone = failing({ kind: "down", reach: "silent" });
const oneReplica = failing({ kind: "down", reach: "degraded" });
const sick = failing({ kind: "unhealthy", reach: "degraded", class: "behaviour" });
const full = failing({ kind: "memory", reach: "near" });

interface Probed {
  readonly container?: ProbeStanding;
  readonly memory?: ProbeStanding;
  readonly life?: readonly ProbeStanding[];
  readonly part?: ProbeStanding;
}

function questions({ container, memory, life = [], part }: Probed): readonly StandingQuestion[] {
  return [
    ...(container ? [{ id: "container", way: "container" as const, standing: container }] : []),
    ...(memory ? [{ id: "memory", way: undefined, standing: memory }] : []),
    ...life.map((standing, n) => ({ id: `http ${n}`, way: "endpoint" as const, standing })),
    ...(part ? [{ id: "http ready", way: undefined, standing: part }] : []),
  ];
}

const table: readonly (readonly [string, Probed, string])[] = [
  ["everything answers", { container: fine, life: [fine], part: fine }, "nothing"],
  ["one failure is not enough", { life: [once] }, "nothing"],
  ["the only endpoint is silent", { life: [silent] }, "P0 down infrastructure"],
  ["every endpoint is silent", { life: [silent, silent] }, "P0 down infrastructure"],
  ["one of two endpoints is silent", { life: [silent, fine] }, "P1 down infrastructure"],
  ["it answers with an error", { life: [wrong] }, "P1 unhealthy behaviour"],
  ["one silent, one with an error", { life: [silent, wrong] }, "P1 down infrastructure"],
  ["one part fails, as one channel", { life: [fine], part: wrong }, "P1 unhealthy behaviour"],
  ["killed, and silent on all ways", { container: oom, life: [silent] }, "P0 oom infrastructure"],
  ["killed, and one answer was silent", { container: oom, life: [once] }, "P0 oom infrastructure"],
  [
    "killed, restarted, and it answers",
    { container: oomRunning, life: [fine] },
    "P1 oom infrastructure",
  ],
  ["gone, and nothing else is asked", { container: gone }, "P0 down infrastructure"],
  [
    "the selector finds nothing, and it answers",
    { container: gone, life: [fine] },
    "P1 down infrastructure",
  ],
  ["one of several replicas ended", { container: oneReplica }, "P1 down infrastructure"],
  [
    "it restarts again and again",
    { container: loop, life: [fine] },
    "P1 restart_loop infrastructure",
  ],
  ["its health check fails", { container: sick }, "P1 unhealthy behaviour"],
  [
    "near its memory limit",
    { container: fine, memory: full, life: [fine] },
    "P2 memory infrastructure",
  ],
  ["near its limit, and silent", { memory: full, life: [silent] }, "P0 down infrastructure"],
];

const said = (given: Probed, background = false): string => {
  const verdict = verdictOf(questions(given), { background });
  return verdict ? `${verdict.severity} ${verdict.kind} ${verdict.class}` : "nothing";
};

describe("the decision tree of services (C15, C23, C24, C25, C39, C40, C41, C9)", () => {
  it.each(table)("%s", (_, given, expected) => {
    expect(said(given)).toBe(expected);
  });

  it.each(table.filter(([, , expected]) => expected !== "nothing"))(
    "a background service is P2 at most: %s (C25)",
    (_, given, expected) => {
      expect(said(given, true)).toBe(`P2${expected.slice(2)}`);
    },
  );

  it("lists what explains the others first", () => {
    const verdict = verdictOf(questions({ container: oom, memory: full, life: [silent] }), {
      background: false,
    });
    expect(verdict?.probes.map(({ probe }) => probe)).toEqual(["container", "http 0", "memory"]);
  });
});
