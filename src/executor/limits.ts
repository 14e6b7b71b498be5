/** What the configuration of an executor lets it do. Pure. */
import type { Container } from "../../remediations/docker/engine.ts";
import { refusal } from "../../remediations/docker/refusal.ts";
import { carries } from "../../remediations/docker/selector.ts";
import { formatDuration } from "../duration.ts";
import type { RecordedAct } from "./act-lines.ts";

/** Containers that may be acted on, by their exact name or by labels. A container must carry every label. */
export interface AllowedContainers {
  readonly name?: string | undefined;
  readonly labels: readonly string[];
  readonly verbs: readonly string[];
  /** Whether the containers may be restarted although they keep data. A database never may. */
  readonly allowStateful: boolean;
}

export interface ActLimit {
  readonly acts: number;
  readonly windowMs: number;
}

export interface ExecutorLimits {
  readonly allow: readonly AllowedContainers[];
  /** Limits on the acts on all containers together. */
  readonly all: readonly ActLimit[];
  readonly perContainer: readonly ActLimit[];
  /** Undefined: it removes no image. */
  readonly images?: ImageLimits | undefined;
  /** Undefined: it changes no memory limit. */
  readonly memory?: MemoryLimits | undefined;
}

export interface ImageLimits {
  /** Only images that were built longer ago are removed. */
  readonly builtBeforeMs: number;
  /** Ids of images, repositories, and labels `key=value`. While one of them would be removed, nothing is. */
  readonly keep: readonly string[];
  readonly acts: readonly ActLimit[];
}

export interface MemoryLimits {
  readonly minBytes: number;
  readonly maxBytes: number;
  readonly all: readonly ActLimit[];
  readonly perContainer: readonly ActLimit[];
}

function isMeant({ name, labels }: AllowedContainers, container: Container): boolean {
  return name === undefined ? carries(container.labels, labels) : container.name === name;
}

/** Why a verb is not allowed on a container; undefined when it is. The text continues the container's name. */
export function barredFrom(
  { allow }: ExecutorLimits,
  verb: string,
  container: Container,
): string | undefined {
  const allowed = allow.some((rule) => rule.verbs.includes(verb) && isMeant(rule, container));
  return allowed ? undefined : "is not among the containers that the executor may act on";
}

/**
 * Why the refuse list forbids acts on a container, in sentences; undefined when it allows them.
 *
 * @param act `self`: the container that the executor runs in
 */
export function refusedBy(
  { allow }: ExecutorLimits,
  container: Container,
  { self, verb }: { readonly self: string | undefined; readonly verb: string },
): string | undefined {
  // An entry that only allows logs must not allow more acts than the other entries do.
  const stateful = allow.some(
    (rule) => rule.allowStateful && rule.verbs.includes(verb) && isMeant(rule, container),
  );
  return refusal(container, { self, allowStateful: stateful ? container.name : undefined });
}

/** Which limit another act on a container would exceed, one sentence; undefined when none. Failed acts count too. */
export function exceeded(
  { all, perContainer }: Pick<ExecutorLimits, "all" | "perContainer">,
  acts: readonly (Pick<RecordedAct, "container" | "name"> & { readonly ageMs: number })[],
  container: Pick<Container, "id" | "name">,
): string | undefined {
  // A container that was created again has another id and the same name.
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

/** What the limits allow, one sentence for each rule, for `check`. */
export function limitsText(limits: ExecutorLimits): readonly string[] {
  const { allow, all, perContainer } = limits;
  const rules = allow.map(({ name, labels, verbs, allowStateful }) => {
    const what = name ?? labels.join(" and ");
    return `${verbs.join(", ")} on ${what}${allowStateful ? ", though it keeps data" : ""}`;
  });
  const most = `act at most ${manyOf(perContainer)} on one container, ${manyOf(all)} on all`;
  const onContainers = rules.length === 0 ? ["nothing: it has no allow:"] : [...rules, most];
  return [...onContainers, ...changesText(limits)];
}

const manyOf = (limits: readonly ActLimit[]): string => limits.map(told).join(" and ");

const mib = (bytes: number): string => `${Math.floor(bytes / 1_048_576)} MiB`;

function changesText({ images, memory }: ExecutorLimits): readonly string[] {
  return [
    ...(images === undefined
      ? []
      : [
          `remove dangling images built over ${formatDuration(images.builtBeforeMs)} ago, at most ${manyOf(images.acts)}`,
        ]),
    ...(memory === undefined
      ? []
      : [
          `raise memory limits to ${mib(memory.minBytes)} to ${mib(memory.maxBytes)}, at most ${manyOf(memory.perContainer)} on one container, ${manyOf(memory.all)} on all`,
        ]),
  ];
}
