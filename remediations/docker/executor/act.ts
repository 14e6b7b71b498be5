/** Requests an act of an executor until an answer comes, each time under a fresh permit. */
import type { MayAct } from "../../../src/permit.ts";
import { DockerError } from "../errors.ts";
import { ask, type ExecutorRequest } from "./exchange.ts";

/** Pause before an act whose answer was lost is requested again, ms. */
const pauseMs = 250;

export interface ActOptions {
  readonly socket: string;
  /** For all requests together, ms. */
  readonly deadlineMs: number;
  readonly mayAct: MayAct | undefined;
}

/**
 * The answer may get lost when the executor stops. The act is then requested again with the same effect. The executor
 * answers from its own record, and never acts twice for one effect on one target.
 *
 * @throws DockerError, and what `mayAct` throws
 */
export async function actThrough(options: ActOptions, request: ExecutorRequest): Promise<unknown> {
  const { socket, deadlineMs } = options;
  const mayAct = needed(options.mayAct);
  const endMs = performance.now() + deadlineMs;
  let lost: DockerError | undefined;
  for (let expired = 0; ; expired += 1) {
    // One permit may expire on the way. If every permit expires, the clocks of the two processes differ.
    if (expired > 1) await pause();
    const leftMs = endMs - performance.now();
    if (leftMs <= 0) throw lost ?? expiredTooOften(deadlineMs);
    try {
      const exchanged = await ask({ socket, deadlineMs: leftMs, mayAct }, request);
      if (!exchanged.expired) return exchanged.result;
    } catch (error) {
      if (!mayAskAgain(error, lost)) throw toldOf(error, lost);
      lost ??= error;
      await pause();
    }
  }
}

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, pauseMs));

/** Whether the executor became unreachable after the request was sent, so that it may answer later. */
function mayAskAgain(error: unknown, lost: DockerError | undefined): error is DockerError {
  const isAway = error instanceof DockerError && error.code === "DW_EXECUTOR_UNREACHABLE";
  return isAway && (lost !== undefined || error.maybeApplied);
}

/**
 * The error to throw after a lost answer. The restart may have happened, whatever is said later. Only a recorded end
 * (DW_DOCKER_FAILED) or a container that is gone tells more.
 */
function toldOf(error: unknown, lost: DockerError | undefined): unknown {
  if (lost === undefined || !(error instanceof DockerError)) return error;
  if (error.unavailable) return lost;
  if (error.code === "DW_DOCKER_FAILED" || error.code === "DW_DOCKER_GONE") return error;
  return new DockerError(error.code, error.message, { cause: error, maybeApplied: true });
}

function expiredTooOften(deadlineMs: number): DockerError {
  const text = `every permit had expired before the executor could act, for ${deadlineMs} ms`;
  return new DockerError("DW_EXECUTOR_TIMEOUT", text);
}

function needed(mayAct: MayAct | undefined): MayAct {
  if (mayAct !== undefined) return mayAct;
  throw new DockerError("DW_DOCKER_REFUSED", "an executor acts on nothing without a permit");
}
