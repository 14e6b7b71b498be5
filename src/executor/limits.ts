/** What an executor may do, by its own configuration. Pure. */
import type { Container } from "../../remediations/docker/engine.ts";
import { refusal } from "../../remediations/docker/refusal.ts";
import { carries } from "../../remediations/docker/selector.ts";
import { formatDuration } from "../duration.ts";
import type { RecordedAct } from "./act-log.ts";

/** Containers that may be acted on: by their exact name, or by labels, of which each must be there. */
export interface AllowedContainers {
  readonly name?: string | undefined;
  readonly labels: readonly string[];
  readonly verbs: readonly string[];
  /** Whether they may be restarted though they keep data. Never a database. */
  readonly allowStateful: boolean;
}

export interface ActLimit {
  readonly acts: number;
  readonly windowMs: number;
}

export interface ExecutorLimits {
  readonly allow: readonly AllowedContainers[];
  /** On all containers together. */
  readonly all: readonly ActLimit[];
  readonly perContainer: readonly ActLimit[];
}

function isMeant({ name, labels }: AllowedContainers, container: Container): boolean {
  return name === undefined ? carries(container.labels, labels) : container.name === name;
}

/** Why a verb is not allowed on a container, without a subject; undefined when it is. */
export function barredFrom(
  { allow }: ExecutorLimits,
  verb: string,
  container: Container,
): string | undefined {
  const allowed = allow.some((rule) => rule.verbs.includes(verb) && isMeant(rule, container));
  return allowed ? undefined : "is not among the containers that the executor may act on";
}

/**
 * Why the refuse list forbids to act on a container, sentences; undefined when it does not.
 *
 * @param self the container that the executor runs in
 */
export function refusedBy(
  { allow }: ExecutorLimits,
  container: Container,
  self: string | undefined,
): string | undefined {
  const stateful = allow.some((rule) => rule.allowStateful && isMeant(rule, container));
  return refusal(container, { self, allowStateful: stateful ? container.name : undefined });
}

/** Which limit another act on a container would exceed, a sentence; undefined when none. Attempts count. */
export function exceeded(
  { all, perContainer }: ExecutorLimits,
  acts: readonly (Pick<RecordedAct, "container" | "name"> & { readonly ageMs: number })[],
  container: Pick<Container, "id" | "name">,
): string | undefined {
  // A container that is made anew has another id and the same name.
  const its = acts.filter(
    ({ container: id, name }) => id === container.id || name === container.name,
  );
  const over = (limits: readonly ActLimit[], counted: typeof acts): ActLimit | undefined =>
    limits.find(
      (limit) => counted.filter(({ ageMs }) => ageMs < limit.windowMs).length >= limit.acts,
    );
  const own = over(perContainer, its);
  if (own !== undefined)
    return `The executor's limit for ${container.name} is used up: ${told(own)}.`;
  const common = over(all, acts);
  return common && `The executor's limit for all containers is used up: ${told(common)}.`;
}

const told = ({ acts, windowMs }: ActLimit): string => `${acts} per ${formatDuration(windowMs)}`;

/** What the limits allow, a sentence each, for `check`. */
export function limitsText({ allow, all, perContainer }: ExecutorLimits): readonly string[] {
  const rules = allow.map(({ name, labels, verbs, allowStateful }) => {
    const what = name ?? labels.join(" and ");
    return `${verbs.join(", ")} on ${what}${allowStateful ? ", though it keeps data" : ""}`;
  });
  const most = `act at most ${perContainer.map(told).join(" and ")} on one container, ${all.map(told).join(" and ")} on all`;
  return rules.length === 0 ? ["nothing: it has no allow:"] : [...rules, most];
}
