/**
 * Finds the containers that a selector matches. A match counts only if its inspection shows the labels of the selector
 * too.
 */
import type { Target } from "../remediation.ts";
import { dependantsText } from "./dependants.ts";
import type { Container, Dependant, Engine, ListedContainer } from "./engine.ts";
import { DockerError } from "./errors.ts";
import { refusal } from "./refusal.ts";
import { identityOf, isHealthy } from "./replicas.ts";
import { carries } from "./selector.ts";

/** What a fix may act on. */
export interface Choice {
  readonly engine: Engine;
  /** `key=value`; a container must carry every label. An empty list chooses nothing. */
  readonly labels: readonly string[];
  readonly allowStateful: string | undefined;
}

/** Stopped leftovers of earlier deployments often carry the same labels. */
const stopped: ReadonlySet<string> = new Set(["exited", "created", "dead"]);

/** More matches than this are ambiguous, and are not inspected. */
const mostReplicas = 20;

/**
 * The containers that match now, by name: the ones that are not stopped, or all if every one is stopped.
 *
 * Each is inspected, and must carry the labels there too. Several that are not replicas of one service are ambiguous:
 * their snapshot is empty, and no act accepts it.
 *
 * @throws DockerError when the engine cannot be asked
 */
export async function targetsOf(choice: Choice): Promise<readonly Target[]> {
  const { engine, labels } = choice;
  if (labels.length === 0) return [];
  const listed = new Map((await engine.list(labels)).map((entry) => [entry.id, entry]));
  const living = [...listed.values()].filter(({ state }) => !stopped.has(state));
  const matching = living.length > 0 ? living : [...listed.values()];
  if (matching.length > mostReplicas) return matching.map((entry) => ambiguous(engine, entry));
  const containers = await allInspected(engine, matching);
  const fitting = containers.filter((container) => carries(container.labels, labels));
  if (fitting.length === containers.length && areOneService(fitting, labels))
    return chosen(choice, fitting.toSorted(byName));
  // A single match whose inspection does not show the labels is no target.
  if (containers.length === 1) return [];
  return containers.map((container) => ({
    ...ambiguous(engine, container),
    is: identityOf(container, labels).is,
  }));
}

/** The inspections of the listed containers that still exist. */
async function allInspected(
  engine: Engine,
  listed: readonly ListedContainer[],
): Promise<readonly Container[]> {
  const containers: Container[] = [];
  for (const { id } of listed) {
    const container = await inspected(engine, id);
    if (container !== undefined) containers.push(container);
  }
  return containers;
}

const names = new Intl.Collator("en", { numeric: true });
const byName = (a: Container, b: Container): number => names.compare(a.name, b.name);

function areOneService(containers: readonly Container[], labels: readonly string[]): boolean {
  return new Set(containers.map((one) => identityOf(one, labels).replicaOf.key)).size < 2;
}

/** @param replicas of one service */
async function chosen(choice: Choice, replicas: readonly Container[]): Promise<readonly Target[]> {
  const { engine, labels } = choice;
  const service = [...replicas, ...(await othersOf(choice, replicas))];
  const targets: Target[] = [];
  for (const container of replicas) {
    const dependants = await engine.dependants(container.id);
    const others = service.filter(({ id }) => id !== container.id);
    targets.push({
      id: container.id,
      name: container.name,
      ...identityOf(container, labels),
      healthy: isHealthy(container),
      service: container.labels["com.docker.compose.service"],
      host: engine.host,
      snapshot: { ...snapshotOf(container), ...dependantsIn(dependants) },
      refusal: refusalOf(choice, container),
      dependants,
      siblings: { others: others.length, healthy: others.filter(isHealthy).length },
    });
  }
  return targets;
}

/** The dependants are part of the snapshot. So one that appears after the decision stops the act. */
function dependantsIn(dependants: readonly Dependant[]): Readonly<Record<string, string>> {
  return dependants.length === 0 ? {} : { dependants: dependantsText(dependants) };
}

/** The other containers of the compose service, which the selector may not match. */
async function othersOf(
  { engine, labels }: Choice,
  replicas: readonly Container[],
): Promise<readonly Container[]> {
  const have = replicas[0]?.labels ?? {};
  const keys = ["com.docker.compose.project", "com.docker.compose.service"];
  const service = keys.map((key) => `${key}=${have[key] ?? ""}`);
  if (!carries(have, service) || service.every((label) => labels.includes(label))) return [];
  const known = new Set(replicas.map(({ id }) => id));
  const listed = await engine.list(service);
  return allInspected(
    engine,
    listed.filter(({ id, state }) => !known.has(id) && !stopped.has(state)),
  );
}

function ambiguous({ host }: Engine, { id, name }: Pick<ListedContainer, "id" | "name">): Target {
  return { id, name, host, snapshot: {}, refusal: undefined };
}

/** The properties that must not have changed right before the act. */
export function snapshotOf(container: Container): Record<string, string> {
  return { image_id: container.imageId, started_at: container.startedAt };
}

/**
 * The inspection of a container; undefined when it does not exist.
 *
 * @throws DockerError when the engine cannot be asked, or answers about another container
 */
export async function inspected(engine: Engine, id: string): Promise<Container | undefined> {
  const container = await engine.inspect(id);
  if (container === undefined || container.id === id) return container;
  const text = `the engine was asked for ${id} and answered with ${container.id}`;
  throw new DockerError("DW_DOCKER_PROTOCOL", text);
}

function refusalOf({ engine, allowStateful }: Choice, container: Container): string | undefined {
  return refusal(container, { self: engine.self, allowStateful });
}

/**
 * How the target differs from the one that was chosen, in one sentence; undefined if it does not. Called right before
 * the act.
 *
 * @throws DockerError when the engine cannot be asked
 */
export async function driftOf(choice: Choice, target: Target): Promise<string | undefined> {
  const now = await inspected(choice.engine, target.id);
  if (now === undefined) return `${target.name} is gone.`;
  const dependants = dependantsIn(await choice.engine.dependants(now.id));
  for (const [key, value] of Object.entries({ ...snapshotOf(now), ...dependants })) {
    const before = target.snapshot[key] ?? (key in dependants ? "nothing" : "unknown");
    if (before !== value) return `${key} of ${target.name} was ${before} and is ${value}.`;
  }
  if (!carries(now.labels, choice.labels)) {
    return `${target.name} no longer carries ${choice.labels.join(" and ")}.`;
  }
  return refusalOf(choice, now);
}
