/**
 * The connection to one engine. It negotiates the API version, validates answers, and reports every call to the
 * metrics.
 */
import type Dockerode from "dockerode";
import type { z } from "zod";
import { messageOf } from "../../src/errors.ts";
import type { ClockReading, MayAct } from "../../src/permit.ts";
import { versioned } from "./container.ts";
import type { EngineVersion } from "./engine.ts";
import { DockerError, type DockerErrorCode } from "./errors.ts";
import { NotSent, type Transport, unixTransport } from "./transport.ts";

export type EngineVerb =
  | "version"
  | "list"
  | "inspect"
  | "logs"
  | "usage"
  | "events"
  | "restart"
  | "start"
  | "images"
  | "prune"
  | "memory"
  | "update";

/** Verbs that change something. */
const writing: ReadonlySet<EngineVerb> = new Set(["restart", "start", "prune", "update"]);

export interface ConnectionOptions {
  readonly socket: string;
  readonly deadlineMs: number;
  readonly onCall: ((verb: EngineVerb, outcome: "ok" | DockerErrorCode) => void) | undefined;
  readonly clocks: (() => ClockReading) | undefined;
}

interface Asking {
  /** Deadline of this one call, milliseconds of real time. */
  readonly deadlineMs: number;
  readonly mayAct?: MayAct | undefined;
}

/** Newest API version with which this adapter was tested. It is also used with newer engines. */
const newestMinor = 45;

export class Connection {
  readonly #options: ConnectionOptions;
  #negotiated: EngineVersion | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  async version(): Promise<EngineVersion> {
    const answer = await this.#observed("version", async () => {
      const docker = await this.#dockerode("", this.#options);
      return validated(versioned, await docker.version(), "version");
    });
    this.#negotiated = spoken(answer);
    return this.#negotiated;
  }

  /** @throws DockerError, and what `mayAct` throws */
  async ask<T>(
    verb: EngineVerb,
    call: (docker: Dockerode) => Promise<T>,
    asking: Asking = this.#options,
  ): Promise<T> {
    const { api } = this.#negotiated ?? (await this.version());
    return this.#observed(verb, async () => call(await this.#dockerode(`/${api}`, asking)));
  }

  async #observed<T>(verb: EngineVerb, call: () => Promise<T>): Promise<T> {
    try {
      const answer = await call();
      this.#options.onCall?.(verb, "ok");
      return answer;
    } catch (error) {
      if (error instanceof NotSent) throw error.cause;
      const known = error instanceof DockerError ? error : unexpected(verb, error);
      // The engine may come back with another version.
      if (known.code === "DW_DOCKER_UNREACHABLE" || known.code === "DW_DOCKER_PROTOCOL") {
        this.#negotiated = undefined;
      }
      this.#options.onCall?.(verb, known.code);
      throw known;
    }
  }

  async #dockerode(prefix: string, { deadlineMs, mayAct }: Asking): Promise<Dockerode> {
    const { default: Client } = await loadClient();
    const { socket, clocks } = this.#options;
    const modem = unixTransport({ socket, prefix, deadlineMs, mayAct, clocks });
    // Dockerode accepts a transport as `modem`, but its types do not declare that.
    const wired: Dockerode.DockerOptions & { modem: Transport } = { modem };
    return new Client(wired);
  }
}

/**
 * Loads dockerode. It is loaded when first needed, because most commands never ask an engine. Dependencies of dockerode
 * that we do not use (SSH, gRPC, tar) are empty packages, see `overrides` and `bundleDependencies` in package.json.
 */
export const loadClient = (): Promise<{ readonly default: typeof Dockerode }> =>
  import("dockerode");

/** The parsed answer. @throws DockerError DW_DOCKER_PROTOCOL where its shape is wrong */
export function validated<T>(schema: z.ZodType<T>, answer: unknown, verb: string): T {
  const result = schema.safeParse(answer);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const text = `the engine's answer to ${verb} is not what it should be: ${issue?.path.join(".")}: ${issue?.message}`;
  throw new DockerError("DW_DOCKER_PROTOCOL", text, { cause: result.error });
}

function spoken(answer: z.infer<typeof versioned>): EngineVersion {
  const oldest = minor(answer.MinAPIVersion ?? "1.0");
  const chosen = Math.max(Math.min(minor(answer.ApiVersion), newestMinor), oldest);
  return { engine: answer.Version, api: `v1.${chosen}` };
}

const minor = (version: string): number => Number(version.slice("1.".length));

function unexpected(verb: EngineVerb, error: unknown): DockerError {
  const maybeApplied = writing.has(verb);
  const text = `the engine's answer to ${verb} could not be read: ${messageOf(error)}`;
  return new DockerError("DW_DOCKER_PROTOCOL", text, { cause: error, maybeApplied });
}
