/** Finds what each fix would act on now, for `check` and the daemon's probes, without acting. */
import type { Target } from "../../remediations/remediation.ts";
import { type CheckFinding, doubtful, failed, fine } from "../finding.ts";
import { budgetsText } from "./budgets.ts";
import type { Fix } from "./fix.ts";
import { dependants } from "./gates/dependants.ts";
import { healthyFloor } from "./gates/healthy-floor.ts";
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
  const [target, ...more] = targets;
  const { name } = fix;
  if (target === undefined) {
    return doubtful(name, {
      message: `${name}: nothing matches its target now, so it would do nothing`,
      hint: "Correct its target, or start what it names.",
      key,
    });
  }
  if (more.length > 0) {
    const names = targets
      .slice(0, 5)
      .map((one) => one.name)
      .join(", ");
    return doubtful(name, {
      message: `${name}: ${targets.length} containers match its target (${names}), and it acts on exactly one`,
      hint: "Make the target narrower.",
      key,
    });
  }
  if (target.refusal !== undefined) {
    return doubtful(name, {
      message: `${name}: would be refused: ${target.refusal}`,
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
  const act = `${fix.remediation} of ${target.name}`;
  return fine(name, `${name}: ${modes[fix.mode]}: ${act}, ${budgetsText(fix.budgets)}`);
}
