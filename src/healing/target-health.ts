/** Judges the health of a run's target: healthy, not healthy, or not yet known. Pure. */
import type { Target, TargetHealth } from "../../remediations/remediation.ts";
import { formatDuration } from "../duration.ts";

/** The judged health of a run's target. `starting` is not yet a judgement: the health is read again. */
export interface JudgedHealth {
  readonly status: "healthy" | "unhealthy" | "starting";
  /** One sentence: what was seen. */
  readonly detail: string;
}

/** How long a target may be starting after the act, ms. A model server that loads for longer counts as broken. */
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

/** The worst health of several replicas. For one target, its own. */
export function healthOfAll(
  all: readonly JudgedHealth[],
  service: string,
): JudgedHealth | undefined {
  const [only, ...more] = all;
  if (more.length === 0) return only;
  const worst = (["unhealthy", "starting"] as const).find((status) =>
    all.some((one) => one.status === status),
  );
  if (worst === undefined)
    return { status: "healthy", detail: `All ${all.length} replicas of ${service} are healthy.` };
  const others = all.filter(({ status }) => status !== "healthy");
  return { status: worst, detail: others.map(({ detail }) => detail).join(" ") };
}

/** How long a replica must run before the next one is taken down, ms. */
const steadyMs = 2000;

/** Whether a replica is back after its act. `starting`: its health is read again. */
export function comeBack(
  name: string,
  health: TargetHealth,
  { sinceMs, withinMs }: { readonly sinceMs: number; readonly withinMs: number },
): JudgedHealth {
  // A container without a health check counts as healthy as soon as it runs.
  if (health === "healthy" && sinceMs < steadyMs)
    return { status: "starting", detail: `${name} is healthy, and is watched for a moment.` };
  if (health === "healthy") return { status: "healthy", detail: `${name} is healthy again.` };
  const isLost = health === "gone" || health === "stopped";
  // Written so that a time that is not a number ends the wait.
  if (!isLost && sinceMs < withinMs)
    return { status: "starting", detail: `${name} is ${health} and may come back.` };
  const within = isLost ? "" : ` healthy within ${formatDuration(withinMs)}`;
  return { status: "unhealthy", detail: `${name} did not come back${within}: it is ${health}.` };
}
