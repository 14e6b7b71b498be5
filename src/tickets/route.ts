/** Applies `routes:`: extra fields and the impact of a new ticket, chosen by what the incident is about. */

import { type FieldValue, filledValue } from "../field-template.ts";
import { fitsCondition, type IncidentCondition } from "../incidents/condition.ts";
import type { Incident } from "../incidents/incident.ts";
import { scopeOf } from "../incidents/subject.ts";
import { linkValuesOf } from "../messages/link-values.ts";

/** What a route may name. */
export interface RouteKeys {
  /** Key of the project. */
  readonly project?: string | undefined;
  readonly issueType?: string | undefined;
  readonly components?: readonly string[] | undefined;
  /** Account of the tracker. */
  readonly assignee?: string | undefined;
  readonly labels?: readonly string[] | undefined;
  /** By the tracker's own ids, as its API takes them. */
  readonly fields?: Readonly<Record<string, FieldValue>> | undefined;
  /** Those of the fields that are kept up to date. */
  readonly kept?: Readonly<Record<string, FieldValue>> | undefined;
  /** Whom it hurts, in half a sentence. */
  readonly impact?: string | undefined;
}

export interface TicketRoute extends RouteKeys {
  /** Without any list it fits every incident. */
  readonly when: RouteCondition;
}

interface RouteCondition extends IncidentCondition {
  readonly tenants?: readonly string[] | undefined;
  /** Teams to which a person gave the model or service, or to which the configuration gives the service. */
  readonly teams?: readonly string[] | undefined;
}

/**
 * Each key comes from the first route that fits and names it; variables are filled in. Where the incident belongs to a
 * team, the routes of that team come first, and no other route assigns the ticket.
 *
 * @param team its name. Default: the team that a person gave
 */
export function routed(
  routes: readonly TicketRoute[],
  incident: Incident,
  team: string | undefined = incident.team?.name,
): RouteKeys {
  const all = routes.filter(({ when }) => fits(when, incident, team));
  const ofTeam = all.filter(({ when }) => when.teams !== undefined);
  const fitting = [...ofTeam, ...all.filter(({ when }) => when.teams === undefined)];
  const first = <Key extends keyof RouteKeys>(key: Key): RouteKeys[Key] =>
    fitting.find((route) => route[key] !== undefined)?.[key];
  const from = fitting.find(({ fields }) => fields !== undefined);
  return {
    project: first("project"),
    issueType: first("issueType"),
    components: first("components"),
    assignee: team === undefined ? first("assignee") : assigneeOf(ofTeam),
    labels: first("labels"),
    fields: from?.fields && filledFields(from.fields, incident),
    kept: from?.kept && filledFields(from.kept, incident),
    impact: first("impact"),
  };
}

const assigneeOf = (routes: readonly TicketRoute[]): string | undefined =>
  routes.find(({ assignee }) => assignee !== undefined)?.assignee;

function fits(when: RouteCondition, incident: Incident, team: string | undefined): boolean {
  const { tenants, teams } = when;
  const { tenant } = scopeOf(incident.subject);
  return (
    (tenants === undefined || tenants.includes(tenant)) &&
    (teams === undefined || (team !== undefined && teams.includes(team))) &&
    fitsCondition(when, incident)
  );
}

function filledFields(
  fields: NonNullable<RouteKeys["fields"]>,
  incident: Incident,
): NonNullable<RouteKeys["fields"]> {
  const values = linkValuesOf(incident);
  return Object.fromEntries(
    Object.entries(fields).map(([id, value]) => [id, filledValue(value, values)]),
  );
}
