/** Reads the events of one container from a finished answer of `GET /events`. It asks no engine. */
import { z } from "zod";
import { DockerError } from "./errors.ts";

/** What may happen to a container. Other events, such as those of health checks' commands, are left out. */
export const containerActions = [
  "create",
  "start",
  "restart",
  "stop",
  "kill",
  "die",
  "oom",
  "pause",
  "unpause",
  "health_status",
  "update",
  "destroy",
] as const;

export interface ContainerEvent {
  /** When, ms since 1970. */
  readonly atMs: number;
  readonly action: (typeof containerActions)[number];
  /** Of a `die`, where the engine says it. */
  readonly exitCode?: number | undefined;
  /** Of a `health_status`. */
  readonly health?: "starting" | "healthy" | "unhealthy" | undefined;
}

/** Only the newest are returned. An engine itself remembers few: Docker 256, of all containers together. */
export const mostEvents = 500;

/** A time that can be asked for. @throws DockerError DW_DOCKER_REFUSED */
export function checkedSince(sinceMs: number): number {
  if (Number.isFinite(sinceMs) && sinceMs >= 0) return sinceMs;
  throw new DockerError("DW_DOCKER_REFUSED", `events takes a time since 1970, not ${sinceMs}`);
}

const said = z.object({
  Action: z.string(),
  Actor: z.object({ ID: z.string(), Attributes: z.record(z.string(), z.unknown()).nullish() }),
  time: z.number().nullish(),
  timeNano: z.number().nullish(),
});

type Said = z.infer<typeof said>;

/**
 * The events of this container, oldest first, at most {@link mostEvents}.
 *
 * @param body one JSON object after the other, each on a line of its own
 * @throws DockerError DW_DOCKER_PROTOCOL where a line is none
 */
export function eventsFrom(body: string, id: string): readonly ContainerEvent[] {
  return body
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map(parsed)
    .filter(({ Actor }) => Actor.ID === id)
    .flatMap((event) => eventFrom(event) ?? [])
    .slice(-mostEvents);
}

function parsed(line: string): Said {
  try {
    return said.parse(JSON.parse(line));
  } catch (error) {
    const text = `the engine's answer to events has a line that is no event: ${line.slice(0, 80)}`;
    throw new DockerError("DW_DOCKER_PROTOCOL", text, { cause: error });
  }
}

/** Podman's words for the same. */
const podman: Readonly<Record<string, string>> = { died: "die", remove: "destroy" };

function eventFrom({ Action, Actor, time, timeNano }: Said): ContainerEvent | undefined {
  // `health_status: healthy`
  const [word = "", detail] = Action.split(": ", 2);
  const action = containerActions.find((known) => known === (podman[word] ?? word));
  if (action === undefined) return undefined;
  const atMs = timeNano ? Math.floor(timeNano / 1e6) : (time ?? 0) * 1000;
  if (action === "die") return { atMs, action, exitCode: exitCode(Actor.Attributes ?? {}) };
  return action === "health_status"
    ? { atMs, action, health: healthFrom(detail) }
    : { atMs, action };
}

function exitCode(attributes: Readonly<Record<string, unknown>>): number | undefined {
  const code = Number.parseInt(String(attributes["exitCode"]), 10);
  return Number.isNaN(code) ? undefined : code;
}

function healthFrom(detail: string | undefined): ContainerEvent["health"] {
  return (["starting", "healthy", "unhealthy"] as const).find((known) => known === detail);
}
