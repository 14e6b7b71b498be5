/** The protocol of one connection: a hello, then one request at a time. It uses no socket. */
import type { Logger } from "pino";
import { DockerError } from "../../remediations/docker/errors.ts";
import {
  type ExecutorAnswer,
  hello,
  request,
  type Welcome,
  wireVersion,
} from "../../remediations/docker/executor/wire.ts";
import { messageOf } from "../errors.ts";
import type { ExecutorVerb, VerbOutcome } from "./verb.ts";

export interface ExecutorSessionOptions {
  readonly verbs: readonly ExecutorVerb[];
  /** Version of the program. */
  readonly program: string;
  /** What the limits allow, as sentences for people. */
  readonly may: readonly string[];
  readonly logger: Logger;
}

export interface ExecutorReply {
  /** The answer, which is written as one line. */
  readonly value: Welcome | ExecutorAnswer;
  /** Whether this is the last answer: no further line is read. */
  readonly last: boolean;
}

export class ExecutorSession {
  readonly #options: ExecutorSessionOptions;
  readonly #verbs: ReadonlyMap<string, ExecutorVerb>;
  #greeted = false;

  constructor(options: ExecutorSessionOptions) {
    this.#options = options;
    this.#verbs = new Map(options.verbs.map((verb) => [verb.name, verb]));
  }

  /** Takes one line and answers it. Never throws. */
  async take(line: string): Promise<ExecutorReply> {
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      return refused(null, "a line is not JSON");
    }
    return this.#greeted ? this.#answer(value) : this.#greet(value);
  }

  #greet(value: unknown): ExecutorReply {
    const parsed = hello.safeParse(value);
    if (!parsed.success)
      return refused(null, 'the first line has to be {"hello":"driftwarden","version":…}');
    const { version } = parsed.data;
    if (majorOf(version) !== majorOf(wireVersion)) {
      const text = `this executor (driftwarden ${this.#options.program}) speaks version ${wireVersion}, the daemon ${version}`;
      return refused(null, text);
    }
    this.#greeted = true;
    const { program, may } = this.#options;
    const names = [...this.#verbs.keys()];
    const welcome: Welcome = {
      hello: "driftwarden-executor",
      version: wireVersion,
      program,
      verbs: names,
      may: [...may],
    };
    return { value: welcome, last: false };
  }

  async #answer(value: unknown): Promise<ExecutorReply> {
    const parsed = request.safeParse(value);
    if (!parsed.success) return refused(null, wrong("the request", parsed.error.issues[0]));
    const { id, verb: name, arguments: given, permit } = parsed.data;
    const verb = this.#verbs.get(name);
    if (verb === undefined) return refused(id, `there is no verb ${name}`);
    if (verb.needsPermit && permit === undefined) return refused(id, `${name} needs a permit`);
    try {
      const outcome = await verb.carryOut(given, permit);
      if (outcome === undefined) return refused(id, `the arguments of ${name} are not its own`);
      return { value: answered(id, outcome), last: false };
    } catch (error) {
      return { value: { id, error: this.#said(error, name) }, last: false };
    }
  }

  #said(error: unknown, verb: string): NonNullable<ExecutorAnswer["error"]> {
    if (error instanceof DockerError) {
      const message = error.message.slice(0, 4000);
      return { code: error.code, message, maybe_applied: error.maybeApplied };
    }
    this.#options.logger.error({ err: error, verb }, "request failed");
    const message = `carrying out ${verb}: ${messageOf(error)}`.slice(0, 4000);
    return { code: "DW_EXECUTOR_FAILED", message, maybe_applied: true };
  }
}

const majorOf = (version: string): string | undefined => version.split(".")[0];

function answered(id: number, outcome: VerbOutcome): ExecutorAnswer {
  return outcome.status === "expired" ? { id, expired: true } : { id, result: outcome.result };
}

/** Ends the connection: after an invalid request no further line is trusted. */
function refused(id: number | null, message: string): ExecutorReply {
  const error = { code: "DW_EXECUTOR_PROTOCOL", message, maybe_applied: false };
  return { value: { id, error }, last: true };
}

function wrong(
  what: string,
  issue: { readonly path: readonly PropertyKey[]; readonly message: string } | undefined,
): string {
  const place = issue?.path.map(String).join(".") ?? "";
  return `${what} is not one: ${place}: ${issue?.message ?? ""}`.slice(0, 500);
}
