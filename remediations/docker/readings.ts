/** Asks an engine what a container wrote, uses and went through: one finished answer each, never a stream. */
import type Dockerode from "dockerode";
import { z } from "zod";
import { validated } from "./connection.ts";
import { checkAnswer, containerId } from "./container.ts";
import { type ContainerEvent, eventsFrom } from "./events.ts";
import { type ContainerLogs, checkedLogs, decodedLogs, type LogsOptions } from "./logs.ts";
import { type ContainerUsage, measured, usageFrom } from "./usage.ts";

/** The part of an inspection that is needed to read logs and usage. */
const looked = z.object({
  Id: containerId,
  State: z.object({ Status: z.string() }),
  HostConfig: z.object({ Memory: z.number().nullish() }),
  Config: z.object({ Tty: z.boolean().nullish() }),
});

const bytes: z.ZodType<Buffer> = z.instanceof(Buffer);

async function look(docker: Dockerode, id: string): Promise<z.infer<typeof looked>> {
  const found = validated(looked, await docker.getContainer(id).inspect(), "inspect");
  checkAnswer(found.Id, id);
  return found;
}

/** @throws DockerError */
export async function logsOf(
  docker: Dockerode,
  id: string,
  options: LogsOptions,
): Promise<ContainerLogs> {
  const { lines, sinceMs = 0 } = checkedLogs(options);
  // Only the inspection says whether there are frames: engines before API 1.42 name the same content type for both.
  const { Config } = await look(docker, id);
  const answer: unknown = await docker.getContainer(id).logs({
    follow: false,
    stdout: true,
    stderr: true,
    timestamps: true,
    tail: lines,
    since: sinceMs / 1000,
  });
  return decodedLogs(validated(bytes, answer, "logs"), {
    lines,
    isTerminal: Config.Tty ?? false,
  });
}

/** @throws DockerError */
export async function usageOf(docker: Dockerode, id: string): Promise<ContainerUsage | undefined> {
  const { State, HostConfig } = await look(docker, id);
  if (State.Status !== "running" && State.Status !== "paused") return undefined;
  // Without `one-shot` the engine takes two samples, and the use of the CPU is known.
  const answer: unknown = await docker.getContainer(id).stats({ stream: false });
  const stats = validated(measured, answer, "usage");
  if (stats.id) checkAnswer(stats.id, id);
  return usageFrom(stats, HostConfig.Memory ?? 0);
}

interface Span {
  readonly sinceMs: number;
  /** The engine ends its answer here. Without it, the engine would never end. */
  readonly untilMs: number;
}

/** @throws DockerError */
export async function eventsOf(
  docker: Dockerode,
  id: string,
  { sinceMs, untilMs }: Span,
): Promise<readonly ContainerEvent[]> {
  const answer: unknown = await docker.getEvents({
    since: sinceMs / 1000,
    until: untilMs / 1000,
    filters: JSON.stringify({ type: ["container"], container: [id] }),
  });
  return eventsFrom(validated(bytes, answer, "events").toString("utf8"), id);
}
