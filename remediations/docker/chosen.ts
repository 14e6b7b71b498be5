/**
 * Finds the containers that a selector matches. A single match counts only if its inspection shows the labels of the
 * selector too.
 */
import type { Target } from "../remediation.ts";
import { dependantsText } from "./dependants.ts";
import type { Container, Dependant, Engine, ListedContainer } from "./engine.ts";
import { DockerError } from "./errors.ts";
import { refusal } from "./refusal.ts";
import { carries } from "./selector.ts";

/** What a fix may act on. */
export interface Choice {
  readonly engine: Engine;
  /** A container carries all of them; nothing is chosen by an empty list. */
  readonly labels: readonly string[];
  readonly allowStateful: string | undefined;
}

/** Stopped leftovers of earlier deployments often carry the same labels. */
const stopped: ReadonlySet<string> = new Set(["exited", "created", "dead"]);

/**
 * The containers that match now, the living ones if there are any.
 *
 * A single match is inspected, and must carry the labels there too. Several are ambiguous and never acted on, so
 * nothing more is asked of them: their snapshot is empty, and no act accepts it.
 *
 * @throws DockerError when the engine cannot be asked
 */
export async function targetsOf(choice: Choice): Promise<readonly Target[]> {
  const { engine, labels } = choice;
  if (labels.length === 0) return [];
  const listed = new Map((await engine.list(labels)).map((entry) => [entry.id, entry]));
  const living = [...listed.values()].filter(({ state }) => !stopped.has(state));
  const matching = living.length > 0 ? living : [...listed.values()];
  const [only, ...more] = matching;
  if (only === undefined) return [];
  if (more.length > 0) return matching.map((entry) => ambiguous(engine, entry));
  const container = await inspected(engine, only.id);
  if (container === undefined || !carries(container.labels, labels)) return [];
  const dependants = await engine.dependants(container.id);
  return [
    {
      id: container.id,
      name: container.name,
      service: container.labels["com.docker.compose.service"],
      host: engine.host,
      snapshot: { ...snapshotOf(container), ...dependantsIn(dependants) },
      refusal: refusalOf(choice, container),
      dependants,
      siblings: await siblingsOf(choice, container),
    },
  ];
}

/** Part of the snapshot, since a dependant that appears after the decision was not weighed in it. */
function dependantsIn(dependants: readonly Dependant[]): Readonly<Record<string, string>> {
  return dependants.length === 0 ? {} : { dependants: dependantsText(dependants) };
}

/** A selector may match one container of a compose service that has several. */
async function siblingsOf(
  { engine, labels }: Choice,
  { id, labels: have }: Container,
): Promise<NonNullable<Target["siblings"]>> {
  const keys = ["com.docker.compose.project", "com.docker.compose.service"];
  const service = keys.map((key) => `${key}=${have[key] ?? ""}`);
  if (!carries(have, service) || service.every((label) => labels.includes(label)))
    return { others: 0, healthy: 0 };
  const listed = await engine.list(service);
  const others = listed.filter((entry) => entry.id !== id && !stopped.has(entry.state));
  let healthy = 0;
  for (const other of others) {
    const { state, health } = (await inspected(engine, other.id)) ?? {};
    if (state === "running" && (health === "none" || health === "healthy")) healthy += 1;
  }
  return { others: others.length, healthy };
}

function ambiguous({ host }: Engine, { id, name }: ListedContainer): Target {
  return { id, name, host, snapshot: {}, refusal: undefined };
}

/** What must be the same right before the act. */
export function snapshotOf(container: Container): Record<string, string> {
  return { image_id: container.imageId, started_at: container.startedAt };
}

/**
 * Undefined when there is no such container.
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
 * Why the target is no longer what was chosen, one sentence; undefined when it is. Asked right before the act.
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
