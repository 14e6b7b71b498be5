/**
 * Decides which runs a freeze or a maintenance window holds back, by the lists of a fix's `when:` and by services.
 * Pure.
 */
import { fitsCondition, type IncidentCondition } from "./condition.ts";
import type { Incident } from "./incident.ts";

/** Every given list must match. Without any list, everything matches. */
export interface Matchers extends IncidentCondition {
  /** Names of containers or compose services that a run would act on. */
  readonly services?: readonly string[] | undefined;
}

/** A target of a run, as far as it is known. */
export interface NamedTarget {
  readonly name: string;
  /** Its compose service; undefined where it belongs to none. */
  readonly service?: string | undefined;
}

/** @param targets the known targets; without any, a matcher with services matches nothing */
export function fitsMatchers(
  { services, ...condition }: Matchers,
  incident: Incident,
  targets: readonly NamedTarget[] = [],
): boolean {
  return (
    fitsCondition(condition, incident) &&
    (services === undefined ||
      targets.some(({ name, service = name }) =>
        [name, service].some((one) => services.includes(one)),
      ))
  );
}

/** `model churn-v7, service api`; empty where everything matches. */
export function matchersText({ models, features, kinds, severities, services }: Matchers): string {
  const lists = { model: models, feature: features, kind: kinds, severity: severities };
  return Object.entries({ ...lists, service: services })
    .flatMap(([key, list]) => (list === undefined ? [] : `${key} ${list.join(" or ")}`))
    .join(", ");
}
