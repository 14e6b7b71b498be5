/** Maps the configuration to the settings of the reducer. */
import { defaultIncidents } from "../config/incidents.ts";
import type { Config } from "../config/schema.ts";
import { calledFor } from "../healing/fix.ts";
import type { ConfiguredFix } from "../healing/runner.ts";
import type { ReducerSettings } from "../incidents/reduce/aspect.ts";

export function reducerSettings(
  { incidents, verify }: Config,
  { fixes, ticketed }: { readonly fixes: readonly ConfiguredFix[]; readonly ticketed: boolean },
): ReducerSettings {
  return {
    ticketed,
    ...resolveTimes(incidents),
    closedByHandMs: incidents.closed_by_hand_for,
    healthAfterMs: verify.health_after,
    fixesFor: (incident) =>
      fixes.filter(({ fix }) => calledFor(fix, incident)).map(({ fix }) => fix.name),
  };
}

/** How long an incident waits before it is resolved, and how long it reopens. */
export function resolveTimes({
  resolve_after,
  reopen_duration,
}: Config["incidents"] = defaultIncidents): Pick<
  ReducerSettings,
  "resolveAfterMs" | "reopenDurationMs"
> {
  return { resolveAfterMs: resolve_after, reopenDurationMs: reopen_duration };
}
