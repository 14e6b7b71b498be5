/** Finds the targets of each fix, for `check` and the daemon's probes. It does not act. */
import type { Target } from "../../remediations/remediation.ts";
import { type CheckFinding, doubtful, failed, fine } from "../finding.ts";
import { budgetsText } from "./budgets.ts";
import type { Fix } from "./fix.ts";
import { dependants } from "./gates/dependants.ts";
import { healthyFloor } from "./gates/healthy-floor.ts";
import { areOne, nameOfTargets } from "./replicas.ts";
import type { ConfiguredFix } from "./runner.ts";

const modes = {
  auto: "ACTS BY ITSELF",
  approve: "asks before it acts",
  observe: "only says what it would do",
  off: "is switched off",
} as const;

/** @returns a finding for each fix; never throws */
export async function surveyFixes(
  fixes: readonly ConfiguredFix[],
): Promise<readonly CheckFinding[]> {
  return Promise.all(fixes.map(surveyFix));
}

async function surveyFix(
  { fix, remediation }: ConfiguredFix,
  index: number,
): Promise<CheckFinding> {
  const key = `fixes.${index}`;
  if (fix.mode === "off") return fine(fix.name, `${fix.name}: ${modes.off}`);
  try {
    return found(fix, await remediation.resolve(), key);
  } catch (error) {
    return failed(fix.name, error, key);
  }
}

function found(fix: Fix, targets: readonly Target[], key: string): CheckFinding {
  const [target] = targets;
  const { name } = fix;
  if (target === undefined) {
    return doubtful(name, {
      message: `${name}: nothing matches its target now, so it would do nothing`,
      hint: "Correct its target, or start what it names.",
      key,
    });
  }
  if (!areOne(targets)) {
    const names = targets
      .slice(0, 5)
      .map((one) => (one.is === undefined ? one.name : `${one.name}: ${one.is}`))
      .join("; ");
    return doubtful(name, {
      message: `${name}: ${targets.length} containers match its target and are not one service (${names})`,
      hint: "Make the target narrower.",
      key,
    });
  }
  const refusal = targets.find((one) => one.refusal !== undefined)?.refusal;
  if (refusal !== undefined) {
    return doubtful(name, {
      message: `${name}: would be refused: ${refusal}`,
      hint: "Name another target; docs/explanation/refuse-list.md says what is never restarted.",
      key,
    });
  }
  for (const gate of [dependants, healthyFloor]) {
    const judgement = gate.judge({ fix, targets });
    if (!judgement.allow)
      return doubtful(name, {
        message: `${name}: would be denied now: ${judgement.reason}`,
        hint: "Change the fix if this is meant, or name another target.",
        key,
      });
  }
  return tooFewRuns(fix, targets, key) ?? wouldAct(fix, targets);
}

/** Each replica is an attempt, so a small budget never allows a run on all. */
function tooFewRuns(fix: Fix, targets: readonly Target[], key: string): CheckFinding | undefined {
  const few = fix.budgets.find(({ scope, runs }) => scope !== "target" && runs < targets.length);
  if (few === undefined || targets.length < 2) return undefined;
  return doubtful(fix.name, {
    message: `${fix.name}: ${targets.length} replicas match its target, and each is an attempt, of which there are ${budgetsText([few])}`,
    hint: "Raise max_runs to the number of replicas, or more.",
    key,
  });
}

function wouldAct(fix: Fix, targets: readonly Target[]): CheckFinding {
  const { name } = fix;
  const service = nameOfTargets(targets) ?? "its target";
  const what =
    targets.length < 2 ? service : `${targets.length} replicas of ${service}, one by one`;
  const act = `${fix.remediation} of ${what}`;
  return fine(name, `${name}: ${modes[fix.mode]}: ${act}, ${budgetsText(fix.budgets)}`);
}
