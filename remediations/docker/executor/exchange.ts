/** One request to the executor and its answer, over a connection of its own. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { z } from "zod";
import type { MayAct } from "../../../src/permit.ts";
import { DockerError, isDockerErrorCode } from "../errors.ts";
import { BrokenLine, linesOf } from "./lines.ts";
import {
  answer,
  type ExecutorAnswer,
  maxAnswerBytes,
  permitLine,
  type Welcome,
  welcome,
  wireVersion,
} from "./wire.ts";

export interface ExchangeOptions {
  readonly socket: string;
  /** The exchange settles within this many milliseconds of real time. */
  readonly deadlineMs: number;
  /**
   * Called once the executor has answered the hello. An error that it throws ends the exchange before the request is
   * sent.
   */
  readonly mayAct?: MayAct | undefined;
}

export interface ExecutorRequest {
  readonly verb: string;
  readonly arguments: object;
}

/** The result of the verb; or `expired`: the permit had expired and nothing was done. */
export type ExchangeResult =
  | { readonly result: unknown; readonly expired: false }
  | { readonly expired: true };

interface Talk {
  readonly socket: Socket;
  readonly lines: AsyncGenerator<string, void, undefined>;
  /** Whether the request may have reached the executor. */
  asked: boolean;
}

/**
 * Sends the hello, then one request, and returns its answer.
 *
 * @throws DockerError, whose `maybeApplied` is true once the request was sent and no answer came; and what `mayAct`
 *   throws
 */
export async function ask(
  options: ExchangeOptions,
  request: ExecutorRequest,
): Promise<ExchangeResult> {
  return withTalk(options, async (talk) => {
    const { verbs } = await greet(talk);
    if (!verbs.includes(request.verb)) {
      const text = `the executor does not offer ${request.verb}; it offers ${verbs.join(", ") || "nothing"}`;
      throw new DockerError("DW_EXECUTOR_LIMIT", text);
    }
    // The permit is read right before the request is written, so that it is as new as possible.
    const permit = await options.mayAct?.().catch((cause: unknown) => {
      throw new NotAsked("not asked", { cause });
    });
    if (talk.socket.destroyed) throw new Lost();
    talk.asked = true;
    send(talk, { id: 1, ...request, ...(permit && { permit: permitLine(permit) }) });
    return resultOf(parsed(answer, await nextLine(talk)), 1);
  });
}

/** Sends the hello, and returns the executor's description of itself. @throws DockerError */
export function askWelcome(options: ExchangeOptions): Promise<Welcome> {
  return withTalk(options, greet);
}

async function withTalk<T>(
  { socket: path, deadlineMs }: ExchangeOptions,
  talking: (talk: Talk) => Promise<T>,
): Promise<T> {
  const socket = connect(path);
  // More errors can follow the first one. Without a listener they would end the process.
  socket.on("error", () => undefined);
  const talk: Talk = { socket, lines: linesOf(socket, maxAnswerBytes), asked: false };
  const talked = once(socket, "connect").then(() => talking(talk));
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Late()), deadlineMs);
  });
  try {
    return await Promise.race([talked, late]);
  } catch (error) {
    throw known(error, { path, deadlineMs, maybeApplied: talk.asked });
  } finally {
    clearTimeout(timer);
    socket.destroy();
    // If the deadline won the race, nobody awaits this promise. Its rejection must not end the process.
    talked.catch(() => undefined);
  }
}

async function greet(talk: Talk): Promise<Welcome> {
  send(talk, { hello: "driftwarden", version: wireVersion });
  const line = await nextLine(talk);
  const refused = answer.safeParse(line);
  if (refused.success && refused.data.error !== undefined) throw errorOf(refused.data.error);
  const greeted = parsed(welcome, line);
  const [theirs, ours] = [greeted.version, wireVersion].map((version) => version.split(".")[0]);
  if (theirs === ours) return greeted;
  const text = `the executor (driftwarden ${greeted.program}) speaks version ${greeted.version}, this program ${wireVersion}`;
  throw new DockerError("DW_EXECUTOR_PROTOCOL", text);
}

function send({ socket }: Talk, value: object): void {
  if (socket.destroyed) throw new Lost();
  socket.write(`${JSON.stringify(value)}\n`);
}

async function nextLine({ lines }: Talk): Promise<unknown> {
  const next = await lines.next();
  if (next.done === true) throw new Lost();
  try {
    return JSON.parse(next.value);
  } catch (error) {
    throw unreadable("is not JSON", error);
  }
}

function parsed<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw unreadable(`${issue?.path.join(".")}: ${issue?.message}`, result.error);
}

function resultOf({ id, result, error, expired }: ExecutorAnswer, asked: number): ExchangeResult {
  if (error !== undefined) throw errorOf(error);
  if (id !== asked) throw unreadable(`it is for the request ${id}`);
  return expired === true ? { expired } : { expired: false, result };
}

function errorOf({ code, message, maybe_applied }: NonNullable<ExecutorAnswer["error"]>): Answered {
  const ours = isDockerErrorCode(code) ? code : "DW_EXECUTOR_FAILED";
  const said = ours === code ? message : `${code}: ${message}`;
  return new Answered(ours, said, { maybeApplied: maybe_applied });
}

/** An error in the executor's answer, so it is known whether the request was applied. */
class Answered extends DockerError {}
class Late extends Error {}
class Lost extends Error {}
/** `cause` is what `mayAct` threw. */
class NotAsked extends Error {}

function unreadable(what: string, cause?: unknown): DockerError {
  const text = `the executor's answer cannot be read: ${what}`;
  return new DockerError("DW_EXECUTOR_PROTOCOL", text, { cause });
}

interface Circumstances {
  readonly path: string;
  readonly deadlineMs: number;
  readonly maybeApplied: boolean;
}

/** The error that the caller gets. */
function known(error: unknown, { path, deadlineMs, maybeApplied }: Circumstances): unknown {
  if (error instanceof NotAsked) return error.cause;
  if (error instanceof Answered) return error;
  const occurrence = { cause: error, maybeApplied };
  if (error instanceof DockerError) return new DockerError(error.code, error.message, occurrence);
  const where = `the executor at ${path}`;
  if (error instanceof Late) {
    const text = `${where} did not answer within ${deadlineMs} ms`;
    return new DockerError("DW_EXECUTOR_TIMEOUT", text, occurrence);
  }
  if (error instanceof BrokenLine) {
    const text = `${where} sent ${error.message}`;
    return new DockerError("DW_EXECUTOR_PROTOCOL", text, occurrence);
  }
  const said = error instanceof Error ? error : new Error(String(error));
  if (Reflect.get(said, "code") === "EACCES" || Reflect.get(said, "code") === "EPERM") {
    return new DockerError("DW_EXECUTOR_FORBIDDEN", `no permission on ${path}`, occurrence);
  }
  const why = said instanceof Lost ? "the connection ended without an answer" : said.message;
  return new DockerError("DW_EXECUTOR_UNREACHABLE", `asking ${where}: ${why}`, occurrence);
}
