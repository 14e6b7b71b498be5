/** The parts that every act of an executor shares: its permit, and the end that a record gives. */
import { DockerError } from "../../remediations/docker/errors.ts";
import { messageOf } from "../errors.ts";
import { type ClockReading, isGood, laterBy, type MayAct, type Permit } from "../permit.ts";
import type { RecordedAct } from "./act-lines.ts";
import type { VerbOutcome } from "./verb.ts";

/** A permit is good for half a lease. A permit that is good for longer comes from clocks that differ from ours. */
const longestPermitMs = 30_000;

export class PermitExpired extends Error {}

export function isPlausible(permit: Permit, now: ClockReading): boolean {
  return isGood(permit, now) && !isGood(permit, laterBy(now, longestPermitMs));
}

/** Gives the permit once. A second call means that the permit had expired; it throws, so nothing is written. */
export function onlyOnce(permit: Permit): MayAct {
  let given = false;
  return async () => {
    if (given) throw new PermitExpired("the permit has expired");
    given = true;
    return permit;
  };
}

/** @throws DockerError unless the act is done */
export function recordedEnd({
  status,
  detail,
  result = {},
}: Pick<RecordedAct, "status" | "detail" | "result">): VerbOutcome {
  if (status === "done") return { status: "done", result };
  throw new DockerError("DW_DOCKER_FAILED", detail.replace(/\.$/, ""), {
    maybeApplied: status !== "failed",
  });
}

/** @throws DockerError always: nothing may be done without a record */
export function notRecorded(error: unknown): never {
  const text = `nothing was done, because it could not be recorded: ${messageOf(error)}`;
  throw new DockerError("DW_EXECUTOR_FAILED", text, { cause: error });
}
