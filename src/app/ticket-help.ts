/** Maps the configuration to what helps the readers of a ticket: links, queries, and what the machine would do. */
import { accountOfAssignee } from "../config/route-facts.ts";
import type { Config } from "../config/schema.ts";
import { calledFor } from "../healing/fix.ts";
import type { ConfiguredFix } from "../healing/runner.ts";
import type { TicketContext } from "../tickets/new-issue.ts";
import { routed, type TicketRoute } from "../tickets/route.ts";

export function ticketHelp(
  { links, sources, routes: given, people }: RoutedConfig,
  fixes: readonly ConfiguredFix[],
): Omit<TicketContext, "priorities"> {
  const routes = given.map((route) => routeOf(route, people));
  return {
    routeFor: (incident) => routed(routes, incident),
    impactFor: (incident) => routed(routes, incident).impact,
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

type RoutedConfig = Pick<Config, "links" | "sources" | "routes" | "people">;

/** An assignee is somebody of `people:`, or an account of the tracker. A person without an account gets no ticket. */
function routeOf(
  { when, issue_type: issueType, components, assignee, labels, fields, impact }: ConfiguredRoute,
  people: Config["people"],
): TicketRoute {
  const { model: models, feature: features, kind: kinds, severity: severities } = when;
  const { tenant: tenants } = when;
  const account = assignee === undefined ? undefined : accountOfAssignee(assignee, people);
  const condition = { models, features, kinds, severities, tenants };
  return { when: condition, issueType, components, assignee: account, labels, fields, impact };
}

type ConfiguredRoute = Config["routes"][number];
