/** Maps the configuration to the settings of the reducer. */
import { defaultIncidents } from "../config/incidents.ts";
import type { Config } from "../config/schema.ts";
import { calledFor } from "../healing/fix.ts";
import type { ConfiguredFix } from "../healing/runner.ts";
import type { ReducerSettings } from "../incidents/reduce/aspect.ts";

export function reducerSettings(
  { incidents, jira, sources, verify }: Config,
  { fixes, ticketed }: { readonly fixes: readonly ConfiguredFix[]; readonly ticketed: boolean },
): ReducerSettings {
  return {
    ticketed,
    pictures: ticketed && jira?.pictures === true,
    ...resolveTimes(incidents),
    closedByHandMs: incidents.closed_by_hand_for,
    ackForMs: incidents.ack_for,
    ...ticketBudget(incidents),
    healthAfterMs: verify.health_after,
    hasSeveralModels: (source) => sources[source]?.columns.model !== undefined,
    fixesFor: (incident) =>
      fixes.filter(({ fix }) => calledFor(fix, incident)).map(({ fix }) => fix.name),
  };
}

/** How many new tickets there may be. */
export function ticketBudget({
  max_new_tickets: maxNewTickets,
}: Config["incidents"] = defaultIncidents): Pick<ReducerSettings, "maxNewTickets"> {
  return { maxNewTickets };
}

/** How long an incident takes members, waits before it is resolved, and reopens. */
export function resolveTimes({
  group_within,
  resolve_after,
  reopen_duration,
}: Config["incidents"] = defaultIncidents): Pick<
  ReducerSettings,
  "groupWithinMs" | "resolveAfterMs" | "reopenDurationMs"
> {
  return {
    groupWithinMs: group_within,
    resolveAfterMs: resolve_after,
    reopenDurationMs: reopen_duration,
  };
}
