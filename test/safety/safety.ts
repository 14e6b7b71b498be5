/** Runs many random histories and sums up what the oracle saw. The first history that is wrong is made smaller. */
import * as fc from "fast-check";
import { histories } from "./draw.ts";
import { noViolations, type Violations } from "./oracle.ts";
import { type Played, play } from "./play.ts";
import type { History } from "./steps.ts";

export interface SafetyOptions {
  readonly histories: number;
  readonly seed: number;
  /** Says what is wrong, and which history shows it. */
  readonly say: (line: string) => void;
  /** Ends with the first history that is wrong, as it was drawn. */
  readonly first: boolean;
  /** How a history is played. Default: in memory. */
  readonly play?: ((history: History) => Promise<Played>) | undefined;
}

export interface SafetyResult {
  readonly violations: Violations;
  /** Physical acts. */
  readonly acts: number;
  /** How often runs were decided, by status. */
  readonly decided: ReadonlyMap<string, number>;
  /** How often each gate said no. */
  readonly denials: ReadonlyMap<string, number>;
}

/** Histories of one draw. Each draw has a seed of its own. */
const drawn = 100;

export async function safety(options: SafetyOptions): Promise<SafetyResult> {
  const sum: Sum = { violations: noViolations(), acts: 0, decided: new Map(), denials: new Map() };
  const { say, first, play: playOne = play } = options;
  let isShown = false;
  for (let done = 0; done < options.histories; done += drawn) {
    const seed = options.seed * 1_000_003 + done;
    const draw = { seed, numRuns: Math.min(drawn, options.histories - done) };
    for (const history of fc.sample(histories, draw)) {
      const played = await playOne(history);
      addTo(sum, played);
      const { wrong } = played.oracle;
      if (wrong.length === 0 || isShown) continue;
      isShown = true;
      for (const line of wrong) say(`WRONG ${line}`);
      if (first) return sum;
      say(await smallest(draw, playOne));
    }
  }
  return sum;
}

interface Sum extends SafetyResult {
  acts: number;
  readonly decided: Map<string, number>;
  readonly denials: Map<string, number>;
}

function addTo(sum: Sum, { oracle, decided, denials }: Played): void {
  const { violations } = sum;
  violations.budget_violations += oracle.violations.budget_violations;
  violations.refused_target_acts += oracle.violations.refused_target_acts;
  violations.acts_without_intent += oracle.violations.acts_without_intent;
  violations.acts_without_approval += oracle.violations.acts_without_approval;
  sum.acts += oracle.acts;
  addAll(sum.decided, decided);
  addAll(sum.denials, denials);
}

function addAll(sum: Map<string, number>, counts: ReadonlyMap<string, number>): void {
  for (const [name, times] of counts) sum.set(name, (sum.get(name) ?? 0) + times);
}

/** The smallest history of the draw that is wrong, as far as it was found. */
async function smallest(
  draw: { readonly seed: number; readonly numRuns: number },
  playOne: (history: History) => Promise<Played>,
): Promise<string> {
  const told = await fc.check(
    fc.asyncProperty(histories, async (history) => {
      const { oracle } = await playOne(history);
      return oracle.wrong.length === 0;
    }),
    { ...draw, interruptAfterTimeLimit: 60_000 },
  );
  const [history] = told.counterexample ?? [];
  if (history === undefined) return "It could not be made smaller.";
  const { oracle } = await playOne(history);
  return [
    `The smallest history (${history.steps.length} steps) says: ${oracle.wrong.join("; ")}`,
    JSON.stringify(history.settings),
    ...history.steps.map((step) => JSON.stringify(step)),
  ].join("\n");
}
