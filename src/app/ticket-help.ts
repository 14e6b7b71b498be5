/** Maps the configuration to what helps the readers of a ticket: links, queries, and what the machine would do. */
import type { Config } from "../config/schema.ts";
import { calledFor } from "../healing/fix.ts";
import type { ConfiguredFix } from "../healing/runner.ts";
import type { TicketContext } from "../tickets/new-issue.ts";

export function ticketHelp(
  { links, sources }: Pick<Config, "links" | "sources">,
  fixes: readonly ConfiguredFix[],
): Omit<TicketContext, "priorities"> {
  return {
    ...(links.dashboard_url && { dashboardUrl: links.dashboard_url }),
    ...(links.runbook_url && { runbookUrl: links.runbook_url }),
    sources: Object.fromEntries(
      Object.entries(sources).map(([name, source]) => [
        name,
        {
          table: source.table,
          columns: source.columns,
          timeZone: source.time_zone,
          versionedNames: source.versioned_names,
        },
      ]),
    ),
    fixesFor: (incident) =>
      fixes.filter(({ fix }) => calledFor(fix, incident)).map(({ fix }) => fix),
  };
}
