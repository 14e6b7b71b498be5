/** Maps the configuration to what helps the readers of a ticket: links, queries, routes and the fixes that match. */

import { accountOfAssignee } from "../config/route-facts.ts";
import type { Config } from "../config/schema.ts";
import { isKept } from "../field-template.ts";
import { calledFor } from "../healing/fix.ts";
import type { ConfiguredFix } from "../healing/runner.ts";
import type { Incident } from "../incidents/incident.ts";
import type { TicketContext } from "../tickets/new-issue.ts";
import { type RouteKeys, routed, type TicketRoute } from "../tickets/route.ts";

export function ticketHelp(
  { links, sources, routes: given, people, teams, services }: RoutedConfig,
  fixes: readonly ConfiguredFix[],
): Omit<TicketContext, "priorities"> {
  const routeFor = routesOf({ routes: given, people, teams, services });
  return {
    routeFor,
    impactFor: (incident) => routeFor(incident).impact ?? serviceOf(incident, services)?.impact,
    ownerFor: (incident) => serviceOf(incident, services)?.team,
    ...(links.dashboard_url && { dashboardUrl: links.dashboard_url }),
    ...(links.runbook_url && { runbookUrl: links.runbook_url }),
    sources: Object.fromEntries(
      Object.entries(sources).map(([name, source]) => [
        name,
        {
          table: source.table,
          columns: source.columns,
          timeZone: source.time_zone,
          timeUnit: source.time_unit,
          versionedNames: source.versioned_names,
        },
      ]),
    ),
    fixesFor: (incident) =>
      fixes.filter(({ fix }) => calledFor(fix, incident)).map(({ fix }) => fix),
  };
}

type RoutedConfig = Pick<Config, "links" | "sources" | "routes" | "people" | "teams" | "services">;

/** What the configuration says of the service that the incident is about; undefined for a model. */
function serviceOf(
  { subject }: Incident,
  services: Config["services"],
): Config["services"][string] | undefined {
  return subject.kind === "service" ? services[subject.name] : undefined;
}

/** The team that a person gave, else that of the service. One that is no longer configured counts as no team. */
export function routesOf({
  routes: given,
  people,
  teams,
  services,
}: Pick<Config, "routes" | "people" | "teams" | "services">): (incident: Incident) => RouteKeys {
  const routes = given.map((route) => routeOf(route, people));
  return (incident) => {
    const name = incident.team?.name ?? serviceOf(incident, services)?.team;
    const isKnown = name !== undefined && Object.hasOwn(teams, name);
    return routed(routes, { ...incident, team: undefined }, isKnown ? name : undefined);
  };
}

/** An assignee is a name under `people:` or an account of the tracker. A person without an account is not assigned. */
function routeOf(
  { when, assignee, fields, issue_type: issueType, ...named }: ConfiguredRoute,
  people: Config["people"],
): TicketRoute {
  const { model: models, feature: features, kind: kinds, severity: severities } = when;
  const { tenant: tenants, team: teams } = when;
  const account = assignee === undefined ? undefined : accountOfAssignee(assignee, people);
  const condition = { models, features, kinds, severities, tenants, teams };
  const { project, components, labels, impact } = named;
  const given = { when: condition, project, issueType, components, assignee: account };
  return { ...given, labels, impact, ...(fields && fieldsOf(fields)) };
}

/** Fields that are kept up to date are also set on the new ticket. */
function fieldsOf(fields: ConfiguredFields): Pick<TicketRoute, "fields" | "kept"> {
  const all = Object.entries(fields);
  return {
    fields: Object.fromEntries(all.map(([id, value]) => [id, isKept(value) ? value.set : value])),
    kept: Object.fromEntries(
      all.flatMap(([id, value]) => (isKept(value) && value.refresh ? [[id, value.set]] : [])),
    ),
  };
}

/** Keys of the projects that routes name. */
export function routedProjects({ routes }: Pick<Config, "routes">): readonly string[] {
  return [...new Set(routes.flatMap(({ project }) => project ?? []))];
}

/** Ids of all fields that a route keeps up to date. */
export function keptFieldIds({ routes }: Pick<Config, "routes">): readonly string[] {
  const ids = routes.flatMap(({ fields = {} }) => Object.keys(fieldsOf(fields).kept ?? {}));
  return [...new Set(ids)];
}

type ConfiguredFields = NonNullable<ConfiguredRoute["fields"]>;
type ConfiguredRoute = Config["routes"][number];
