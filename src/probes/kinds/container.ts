/**
 * Asks the engine how the containers of a service are: killed for memory, restarting again and again, ended, unhealthy
 * or gone.
 *
 * A container that a person stopped is not a fault. It is told apart by the engine's events, or by its exit code where
 * the engine has forgotten them.
 */
import type { Container } from "../../../remediations/docker/engine.ts";
import { counted } from "../../plural.ts";
import { printable } from "../../printable.ts";
import { bytesText, momentText } from "../figures.ts";
import type {
  LookOptions,
  ProbeAnswer,
  ProbeFinding,
  ProbeKind,
  ProbeLook,
  SeenContainers,
} from "../probe.ts";
import { eventsSince, isRunning, loopWindowMs, seenAfter, timeOf } from "../seen-containers.ts";
import type { ProbedService } from "../service.ts";
import { unaskedOf } from "../unasked.ts";

/** So many restarts by the policy within ten minutes are a loop. */
const loopStarts = 3;

export const container: ProbeKind = {
  name: "container",
  questions: (service) => {
    const { container: labels } = service;
    if (labels === undefined) return [];
    const look = (options: LookOptions): Promise<ProbeLook> => lookAt(service, labels, options);
    return [{ id: "container", kind: "container", place: "host", service, way: "container", look }];
  },
};

async function lookAt(
  service: ProbedService,
  labels: readonly string[],
  { nowMs, seen, round }: LookOptions,
): Promise<ProbeLook> {
  try {
    const containers = await round.containers(labels);
    const looked = await Promise.all(
      containers.map(async (one) => {
        const sinceMs = eventsSince(one, seen);
        const events = sinceMs === undefined ? [] : await round.engine().events(one.id, sinceMs);
        return { container: one, events };
      }),
    );
    const after = seenAfter(seen, looked, nowMs);
    return { answer: judged({ service, labels, containers, seen: after, nowMs }), seen: after };
  } catch (error) {
    return { answer: unaskedOf(error) };
  }
}

interface JudgedContainers {
  readonly service: Pick<ProbedService, "startGraceMs">;
  readonly labels: readonly string[];
  readonly containers: readonly Container[];
  /** With this look. */
  readonly seen: SeenContainers;
  readonly nowMs: number;
}

/** What this state is, the fact that explains the others first. Pure. */
export function judged(looked: JudgedContainers): ProbeAnswer {
  const finding =
    gone(looked) ?? killed(looked) ?? looping(looked) ?? ended(looked) ?? sick(looked);
  return finding === undefined ? { status: "fine" } : { status: "failing", finding };
}

type Judge = (looked: JudgedContainers) => ProbeFinding | undefined;

const found = (
  kind: ProbeFinding["kind"],
  { containers }: JudgedContainers,
  said: string,
): Pick<ProbeFinding, "kind" | "reach" | "class" | "said"> => ({
  kind,
  reach: containers.some(isThere) ? "degraded" : "silent",
  class: "infrastructure",
  said,
});

/** The engine starts one again by its policy, so it is not away for good. */
const isThere = ({ state }: Container): boolean => isRunning(state) || state === "restarting";

const gone: Judge = (looked) => {
  const { containers, labels } = looked;
  if (containers.length > 0) return undefined;
  return found("down", looked, `no container has the label ${printable(labels.join(" and "))}`);
};

/** A kill counts until the container has run for the start grace without another one. */
const killed: Judge = (looked) => {
  const { seen, nowMs, service, containers } = looked;
  if (seen.oomAtMs === undefined || seen.stopped === true) return undefined;
  const isNew = nowMs - seen.oomAtMs < service.startGraceMs;
  const { oomAtMs } = seen;
  const isDown = containers.some(
    ({ id, startedAt }) => seen.replicas[id]?.ended === "by_itself" && oomAtMs >= timeOf(startedAt),
  );
  if (!isNew && !isDown) return undefined;
  const victim = containers.find(({ oomKilled }) => oomKilled === true) ?? containers[0];
  const limit =
    victim?.memoryLimitBytes === undefined
      ? ""
      : `, its limit is ${bytesText(victim.memoryLimitBytes)}`;
  const said = `${nameOf(victim)} was killed for its memory at ${momentText(seen.oomAtMs)}${limit}${stateText(victim)}`;
  return { ...found("oom", looked, said), certain: true };
};

const looping: Judge = (looked) => {
  const { starts } = looked.seen;
  if (starts.length < loopStarts) return undefined;
  const [one] = looked.containers;
  const minutes = loopWindowMs / 60_000;
  const said = `${nameOf(one)} was restarted ${starts.length} times within ${minutes} minutes${stateText(one)}`;
  return { ...found("restart_loop", looked, said), certain: true };
};

const ended: Judge = (looked) => {
  const { containers, seen } = looked;
  const over = containers.filter(({ id }) => seen.replicas[id]?.ended === "by_itself");
  const [one] = over;
  if (one === undefined) return undefined;
  const of =
    containers.length > 1 ? ` (${over.length} of ${counted(containers.length, "container")})` : "";
  return found("down", looked, `${nameOf(one)} was not stopped by anybody${stateText(one)}${of}`);
};

const sick: Judge = (looked) => {
  const { containers } = looked;
  const unhealthy = containers.filter(
    ({ health, state }) => state === "running" && health === "unhealthy",
  );
  const [one] = unhealthy;
  if (one === undefined) return undefined;
  const of =
    containers.length > 1
      ? ` (${unhealthy.length} of ${counted(containers.length, "container")})`
      : "";
  const said = `the health check of ${nameOf(one)} fails${of}`;
  return { ...found("unhealthy", looked, said), class: "behaviour" };
};

const nameOf = (one: Container | undefined): string =>
  one === undefined ? "a container" : `container ${printable(one.name).slice(0, 80)}`;

function stateText(one: Container | undefined): string {
  if (one === undefined) return "";
  if (isRunning(one.state))
    return `; it is ${one.state} since ${momentText(Date.parse(one.startedAt))}`;
  const code = one.exitCode === undefined ? "" : ` with exit code ${one.exitCode}`;
  return `; ${one.state === "exited" ? "it has ended" : `it is ${printable(one.state)}`}${code}`;
}
