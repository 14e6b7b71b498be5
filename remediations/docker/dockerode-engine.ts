/** Implements the port with a real engine (Docker or Podman), through dockerode over a Unix socket. */
import { hostname } from "node:os";
import type Dockerode from "dockerode";
import type { z } from "zod";
import { type ClockReading, readClocks } from "../../src/permit.ts";
import { changesThrough } from "./changes.ts";
import { Connection, type EngineVerb, validated } from "./connection.ts";
import {
  checkAnswer,
  containerFrom,
  containerId,
  imageInspected,
  inspected,
  type Listed,
  listed,
} from "./container.ts";
import { dependantsOf, type Neighbour } from "./dependants.ts";
import type { Container, Engine, EngineChanges, ListedContainer } from "./engine.ts";
import { DockerError, type DockerErrorCode } from "./errors.ts";
import { checkedSince } from "./events.ts";
import { ownContainer } from "./own-container.ts";
import { eventsOf, logsOf, usageOf } from "./readings.ts";
import { carries } from "./selector.ts";

export interface DockerOptions {
  /** Path of the engine's Unix socket. */
  readonly socket: string;
  /** Deadline of one call, milliseconds of real time. Default 10 s. */
  readonly deadlineMs?: number;
  /**
   * How long a restart may take after its grace, milliseconds of real time. Default 30 s: clients with a shorter
   * deadline left containers stopped (Docker 23.0 to 24.0.6).
   */
  readonly restartMarginMs?: number;
  /** Called after every call, for the metrics. */
  readonly onCall?: (verb: EngineVerb, outcome: "ok" | DockerErrorCode) => void;
  /** Reads the clocks that permits are compared with. Default: the clocks of the machine. */
  readonly clocks?: () => ClockReading;
}

/**
 * Opens no connection. The first call connects to the engine and negotiates the version.
 *
 * @throws DockerError from every verb; `restart` also what `mayAct` throws
 */
export function openDocker(options: DockerOptions): Engine & EngineChanges {
  const { socket, deadlineMs = 10_000, restartMarginMs = 30_000, onCall, clocks } = options;
  const connection = new Connection({ socket, deadlineMs, onCall, clocks });

  const listAll = (labels: readonly string[]): Promise<Listed[]> => {
    const filters = JSON.stringify({ label: labels });
    return connection.ask("list", async (docker) =>
      validated(listed.array(), await docker.listContainers({ all: true, filters }), "list"),
    );
  };

  return {
    ...changesThrough(connection, deadlineMs + restartMarginMs),
    host: hostname(),
    self: ownContainer(),
    version: () => connection.version(),
    list: async (labels) => {
      if (labels.length === 0 || labels.includes("")) return [];
      const found = await listAll(labels);
      // A proxy or another engine may ignore the filter and list every container.
      return found.filter((entry) => carries(entry.Labels ?? {}, labels)).map(listedFrom);
    },
    inspect: (id) => connection.ask("inspect", (docker) => inspect(docker, checkedId(id))),
    dependants: async (id) => dependantsOf(id, (await listAll([])).map(neighbourFrom)),
    logs: (id, wanted) => connection.ask("logs", (docker) => logsOf(docker, checkedId(id), wanted)),
    usage: (id) => connection.ask("usage", (docker) => usageOf(docker, checkedId(id))),
    events: async (id, sinceMs) => {
      const span = { sinceMs: checkedSince(sinceMs), untilMs: (clocks ?? readClocks)().wallMs };
      if (sinceMs >= span.untilMs) return [];
      return connection.ask("events", (docker) => eventsOf(docker, checkedId(id), span));
    },
    restart: (id, { graceSeconds: t, mayAct }) =>
      connection.ask(
        "restart",
        async (docker) => docker.getContainer(checkedId(id)).restart({ t }),
        { deadlineMs: t * 1000 + restartMarginMs, mayAct },
      ),
    start: (id) =>
      connection.ask("start", async (docker) => docker.getContainer(checkedId(id)).start()),
  };
}

function listedFrom(entry: Listed): ListedContainer {
  return { id: entry.Id, name: nameOf(entry), state: entry.State ?? "unknown" };
}

function nameOf(entry: Listed): string {
  return entry.Names?.[0]?.slice(1) ?? entry.Id;
}

function neighbourFrom(entry: Listed): Neighbour {
  const networkMode = entry.HostConfig?.NetworkMode ?? "";
  return { ...listedFrom(entry), labels: entry.Labels ?? {}, networkMode };
}

async function inspect(docker: Dockerode, id: string): Promise<Container | undefined> {
  const answer = await present(docker.getContainer(id).inspect());
  if (answer === undefined) return undefined;
  const container = validated(inspected, answer, "inspect");
  checkAnswer(container.Id, id);
  return containerFrom(container, await imageNames(docker, container));
}

async function imageNames(
  docker: Dockerode,
  container: z.infer<typeof inspected>,
): Promise<readonly string[]> {
  const name = container.Config.Image;
  if (!/^(sha256:)?[0-9a-f]{12,64}$/.test(name)) return [name];
  const answer = await present(docker.getImage(container.Image).inspect());
  const image = validated(imageInspected, answer ?? {}, "image");
  if (image.Id) checkAnswer(digestOf(image.Id), digestOf(container.Image));
  return [...(image.RepoTags ?? []), ...(image.RepoDigests ?? [])];
}

/** Podman leaves the algorithm out. */
function digestOf(imageId: string): string {
  return imageId.replace(/^sha256:/, "");
}

function present<T>(call: Promise<T>): Promise<T | undefined> {
  return call.catch((error: unknown) => {
    if (error instanceof DockerError && error.code === "DW_DOCKER_GONE") return undefined;
    throw error;
  });
}

function checkedId(id: string): string {
  if (containerId.safeParse(id).success) return id;
  throw new DockerError("DW_DOCKER_REFUSED", `"${id.slice(0, 80)}" is not a container id`);
}
