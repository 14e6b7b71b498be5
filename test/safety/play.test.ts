/** Single histories of the safety program, so that its figures are known to mean something. */
import { describe, expect, it } from "vitest";
import { gates } from "../../src/healing/gates/gates.ts";
import { play } from "./play.ts";
import { safety } from "./safety.ts";
import { type FixSettings, type History, type Step, selections } from "./steps.ts";

const settings: FixSettings = {
  mode: "auto",
  tier: "auto",
  cooldownMs: 0,
  budgets: [],
  concurrency: 9,
  approvals: 1,
  twice: false,
  expiresMs: 300_000,
  denyForMs: 0,
  withDependants: false,
  healthyFloor: 0,
  maintenance: undefined,
  storm: undefined,
};

const episode = (model: number): Step => ({
  kind: "episode",
  model,
  feature: "fb",
  severe: false,
  ageMs: 0,
  warm: true,
});

function historyOf(steps: readonly Step[], changes: Partial<FixSettings> = {}): History {
  const off = { ...settings, mode: "off" } as const;
  const own = { ...settings, ...changes };
  return { settings: { "restart-a": off, "restart-b": own, "restart-any": off }, steps };
}

const work = (diesAt: number): Step => ({ kind: "work", process: 0, pick: 0, diesAt });
const clock = (ms: number): Step => ({ kind: "clock", ms });
const approve: Step = {
  kind: "say",
  who: "sarah",
  word: "approve",
  which: "none",
  incident: 0,
  named: false,
  again: false,
  begins: undefined,
};

describe("a selection that is not exactly one target never acts", () => {
  it.each(selections)("of %s", async (selection) => {
    const select = { kind: "selects", fix: "restart-b", selection } as const;
    const { oracle } = await play(historyOf([select, episode(0), { kind: "drain" }]));
    expect(oracle.acts).toBe(selection === "one" ? 1 : 0);
    expect(oracle.wrong).toEqual([]);
  });
});

describe("a fix that is switched off", () => {
  const off = {
    kind: "config",
    fix: "restart-b",
    settings: { ...settings, mode: "off" },
    process: undefined,
  } as const;

  it("does not begin a run that was promised before", async () => {
    const { oracle } = await play(historyOf([episode(0), off, { kind: "drain" }]));
    expect(oracle.acts).toBe(0);
  });

  it("makes void what people were asked, whatever they say", async () => {
    const steps = [episode(0), { kind: "drain" }, off, approve, { kind: "drain" }] as const;
    const { oracle } = await play(historyOf(steps, { mode: "approve" }));
    expect(oracle.acts).toBe(0);
    expect(oracle.wrong).toEqual([]);
  });
});

describe("a cooldown", () => {
  it("is not made shorter where the clock was set back while the run was judged", async () => {
    const drain = { kind: "drain" } as const;
    const judged = { kind: "model", says: "not_recovered" } as const;
    const steps = [episode(2), drain, clock(-60_000), judged, episode(2), clock(60_000), drain];
    const { oracle } = await play(historyOf(steps, { cooldownMs: 60_000 }));
    expect(oracle).toMatchObject({ acts: 1, wrong: [] });
  });
});

describe("the safety program", () => {
  it("sees an act after a yes, and none before", async () => {
    const asked = [episode(0), { kind: "drain" }] as const;
    expect((await play(historyOf(asked, { mode: "approve" }))).oracle.acts).toBe(0);
    const { oracle } = await play(
      historyOf([...asked, approve, { kind: "drain" }], { mode: "approve" }),
    );
    expect(oracle).toMatchObject({ acts: 1, wrong: [] });
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9])(
    "sees at most one act where the process dies at call %i of a port, and the next one goes on",
    async (diesAt) => {
      const { oracle } = await play(historyOf([episode(0), work(diesAt), { kind: "drain" }]));
      expect(oracle.wrong).toEqual([]);
      // A kill after the decision and before the act leaves a run that is looked up, and not done.
      expect(oracle.acts).toBe(diesAt === 4 || diesAt === 5 || diesAt === 6 ? 0 : 1);
    },
  );

  it("finds nothing wrong in 100 random histories, which ask most gates", async () => {
    const said: string[] = [];
    const say = (line: string): void => void said.push(line);
    const { violations, acts, denials } = await safety({
      histories: 100,
      seed: 1,
      first: true,
      say,
    });
    expect(said).toEqual([]);
    expect(Object.values(violations)).toEqual([0, 0, 0, 0]);
    expect(acts).toBeGreaterThan(0);
    expect(denials.size).toBeGreaterThan(gates.length / 2);
  });
});
