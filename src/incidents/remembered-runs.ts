/** Which runs an incident remembers. */
import type { RunSummary } from "./incident.ts";

const most = 20;

/** The newest, and every one that waits for a person's word. Newest last. */
export function rememberedRuns(runs: readonly RunSummary[]): readonly RunSummary[] {
  const others = runs.filter(({ status }) => status !== "proposed");
  const kept = new Set(others.slice(Math.min(-1, runs.length - others.length - most)));
  return runs.filter((run) => run.status === "proposed" || kept.has(run));
}
