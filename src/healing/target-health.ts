/** Judges the health of a run's target: healthy, not healthy, or not yet known. Pure. */
import type { Target, TargetHealth } from "../../remediations/remediation.ts";

/** The judged health of a run's target. `starting` is no judgement: the health is asked again. */
export interface JudgedHealth {
  readonly status: "healthy" | "unhealthy" | "starting";
  /** One sentence: what was seen. */
  readonly detail: string;
}

/** How long after the act a target may be starting, ms. A model server that loads for longer counts as broken. */
const longestStartMs = 30 * 60_000;

/** @param sinceActMs time since the act ended */
export function judgeHealth(
  target: Target,
  health: TargetHealth,
  sinceActMs: number,
): JudgedHealth {
  const detail = `${target.name} is ${health}.`;
  if (health === "healthy") return { status: "healthy", detail };
  if (health !== "starting") return { status: "unhealthy", detail };
  if (sinceActMs < longestStartMs) return { status: "starting", detail };
  const minutes = Math.floor(sinceActMs / 60_000);
  return { status: "unhealthy", detail: `${target.name} is still starting after ${minutes} min.` };
}
