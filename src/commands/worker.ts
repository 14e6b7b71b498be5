/**
 * Carries out commands as they arrive. Every process runs a worker. The store gives each command to one of them.
 */
import type { Logger } from "pino";
import type { Clock } from "../clock.ts";
import { StoreError } from "../store/errors.ts";
import { isServerUnwell } from "../store/postgres-error.ts";
import type { Store } from "../store/store.ts";
import { type Carried, carryOutNext, giveUp } from "./carry-out.ts";
import type { CarryingOptions } from "./context.ts";
import type { CommandsMetrics } from "./metrics.ts";

export interface CommandWorkerOptions extends CarryingOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: CommandsMetrics;
}

/** Notifications wake the worker. After this time it also checks for commands whose notification was lost, ms. */
const idleMs = 30_000;
const soonMs = 1000;

/** Carries out commands until the signal aborts. */
export async function carryOutCommands(
  options: CommandWorkerOptions,
  stopping: AbortSignal,
): Promise<void> {
  const { store, clock, logger } = options;
  let wake = new AbortController();
  const deaf = store.listen("commands", () => wake.abort());
  let failed = false;
  while (!stopping.aborted) {
    wake = new AbortController();
    const pauseMs = await carryOutWaiting(options, stopping).then(
      () => {
        failed = false;
        return idleMs;
      },
      (err: unknown) => {
        if (!failed) logger.warn({ err }, "reading commands failed; it is tried again");
        failed = true;
        return soonMs;
      },
    );
    await clock.sleep(pauseMs, AbortSignal.any([wake.signal, stopping]));
  }
  deaf();
}

/** Carries out all waiting commands. @throws Error when the store cannot be used */
export async function carryOutWaiting(
  options: CommandWorkerOptions,
  stopping?: AbortSignal,
): Promise<void> {
  for (;;) {
    if (stopping?.aborted === true) return;
    const carried = await carriedOrGivenUp(options);
    if (carried === undefined) return;
    count(carried, options);
  }
}

/**
 * If carrying out a command throws, the answer says so, and the command does not block the others. While the store has
 * errors, such as a full disk, the command waits.
 */
async function carriedOrGivenUp(options: CommandWorkerOptions): Promise<Carried | undefined> {
  const { store, logger } = options;
  let taken: string | undefined;
  const take = (id: string): void => {
    taken = id;
  };
  try {
    return await store.transaction((tx) => carryOutNext(tx, options, take));
  } catch (err) {
    const failed = taken;
    const isOurs = !(err instanceof StoreError) && !isServerUnwell(err);
    if (!isOurs || failed === undefined) throw err;
    const command = await store.transaction((tx) => giveUp(tx, failed, options));
    if (command === undefined) throw err;
    logger.error({ err, command: command.id }, "command failed");
    return {
      command,
      lines: [{ name: "", outcome: "refused", code: "failed", says: [] }],
    };
  }
}

function count(
  { command, lines }: Carried,
  { clock, metrics, logger }: CommandWorkerOptions,
): void {
  const { id, door, incident, saidAtMs } = command;
  metrics.answerSeconds.observe({ door }, Math.max(0, clock.now() - saidAtMs) / 1000);
  for (const { name, outcome, code } of lines) {
    metrics.commands.inc({ command: name, outcome });
    if (outcome === "refused") metrics.refusals.inc({ reason: code ?? "" });
    logger.info({ command: id, incident, word: name, outcome, code }, "command answered");
  }
}
