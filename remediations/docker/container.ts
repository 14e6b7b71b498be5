/**
 * Validates an engine's answers and turns them into containers. An answer may come from a proxy or from another engine.
 */
import { z } from "zod";
import type { Container, Mount } from "./engine.ts";
import { DockerError } from "./errors.ts";
import { programsOf } from "./programs.ts";

export const containerId: z.ZodType<string> = z.string().regex(/^[0-9a-f]{64}$/);

// Docker and Podman write null for an empty list or object.
const labels = z.record(z.string(), z.string()).nullish();
const keys = z.record(z.string(), z.unknown()).nullish();
const strings = z.array(z.string()).nullish();

/** One entry of `GET /containers/json`. */
export const listed = z.object({
  Id: containerId,
  Names: strings,
  Labels: labels,
  State: z.string().nullish(),
  HostConfig: z.object({ NetworkMode: z.string().nullish() }).nullish(),
});

export type Listed = z.infer<typeof listed>;

/** `GET /version`. */
export const versioned = z.object({
  Version: z.string(),
  ApiVersion: z.string().regex(/^1\.\d+$/),
  MinAPIVersion: z
    .string()
    .regex(/^1\.\d+$/)
    .optional(),
});

/** `GET /images/{id}/json`. */
export const imageInspected = z.object({
  Id: z.string().nullish(),
  RepoTags: strings,
  RepoDigests: strings,
});

const mounted = z.object({
  Type: z.string().nullish(),
  Name: z.string().nullish(),
  Source: z.string().nullish(),
  Destination: z.string().nullish(),
  RW: z.boolean().nullish(),
});

/** `GET /containers/{id}/json`. */
export const inspected = z.object({
  Id: containerId,
  Name: z.string(),
  Image: z.string(),
  Path: z.string().nullish(),
  Args: strings,
  State: z.object({
    Status: z.string(),
    StartedAt: z.string(),
    FinishedAt: z.string().nullish(),
    ExitCode: z.number().nullish(),
    OOMKilled: z.boolean().nullish(),
    Health: z.object({ Status: z.string() }).nullish(),
  }),
  RestartCount: z.number().nullish(),
  HostConfig: z.object({
    AutoRemove: z.boolean().nullish(),
    PortBindings: keys,
    Memory: z.number().nullish(),
  }),
  Mounts: z.array(mounted).nullish(),
  Config: z.object({
    Image: z.string(),
    Labels: labels,
    Env: strings,
    ExposedPorts: keys,
  }),
});

type Inspected = z.infer<typeof inspected>;

/** @param images every name of the image */
export function containerFrom(answer: Inspected, images: readonly string[]): Container {
  return {
    id: answer.Id,
    name: answer.Name.replace(/^\//, ""),
    images,
    imageId: answer.Image,
    startedAt: answer.State.StartedAt,
    finishedAt: answer.State.FinishedAt ?? undefined,
    state: answer.State.Status,
    ...pastOf(answer),
    health: healthFrom(answer.State.Health?.Status),
    labels: answer.Config.Labels ?? {},
    autoRemove: answer.HostConfig.AutoRemove ?? false,
    envNames: (answer.Config.Env ?? []).map((entry) => entry.split("=", 1)[0] ?? ""),
    mounts: (answer.Mounts ?? []).map(mountFrom),
    exposedPorts: portsFrom(answer.Config.ExposedPorts, answer.HostConfig.PortBindings),
    programs: programsOf([answer.Path ?? "", ...(answer.Args ?? [])]),
  };
}

/** How it ended, and how often it was started. */
function pastOf({
  State,
  RestartCount,
  HostConfig,
}: Inspected): Pick<Container, "exitCode" | "oomKilled" | "restarts" | "memoryLimitBytes"> {
  return {
    exitCode: State.ExitCode ?? undefined,
    oomKilled: State.OOMKilled ?? undefined,
    restarts: RestartCount ?? undefined,
    memoryLimitBytes: HostConfig.Memory || undefined,
  };
}

/** A missing field is read as the safer case, which is that data is kept: a mount with a name is a writable volume. */
function mountFrom(mount: z.infer<typeof mounted>): Mount {
  const kind = mount.Type ?? (mount.Name ? "volume" : "bind");
  const name = mount.Name ?? "";
  return {
    source: kind === "volume" && name !== "" ? name : (mount.Source ?? ""),
    destination: mount.Destination ?? "",
    kind,
    writable: mount.RW ?? true,
    anonymous: kind === "volume" && /^[0-9a-f]{64}$/.test(name),
  };
}

type Keys = z.infer<typeof keys>;

function portsFrom(exposed: Keys, published: Keys): readonly number[] {
  const ports = [...Object.keys(exposed ?? {}), ...Object.keys(published ?? {})];
  return [...new Set(ports.map((port) => Number.parseInt(port, 10)))];
}

// Docker leaves Health out where there is no check; Podman writes an empty status.
function healthFrom(status: string | undefined): Container["health"] {
  return status === "starting" || status === "healthy" || status === "unhealthy" ? status : "none";
}

/** A proxy or engine may answer about another container. Such an answer must not decide what is restarted. */
export function checkAnswer(id: string, asked: string): void {
  if (id === asked) return;
  const text = `the engine was asked for ${asked} and answered with ${id.slice(0, 80)}`;
  throw new DockerError("DW_DOCKER_PROTOCOL", text);
}
