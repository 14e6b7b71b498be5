/** Stops the parts in order by named clean-ups, the last added first, within one deadline. */
import type { Clock } from "../clock.ts";
import { messageOf } from "../errors.ts";

export interface LifecycleOptions {
  readonly clock: Clock;
  /** For all clean-ups together; must lie below systemd's TimeoutStopSec. */
  readonly stopDeadlineMs: number;
}

export interface Lifecycle {
  /**
   * @param name what is stopped, for the error if that fails
   * @param stop settles when it is done; called once
   */
  onStop(name: string, stop: () => Promise<void> | void): void;
  /**
   * Runs the clean-ups, one after the other; one that fails does not keep the next from running. Every call gives
   * the same promise.
   *
   * @throws AggregateError of all failures, each naming its clean-up; what the deadline cut off is one of them
   */
  stop(): Promise<void>;
}

interface CleanUp {
  readonly name: string;
  readonly stop: () => Promise<void> | void;
}

export function createLifecycle(options: LifecycleOptions): Lifecycle {
  const cleanUps: CleanUp[] = [];
  let stopping: Promise<void> | undefined;
  return {
    onStop(name, stop) {
      cleanUps.push({ name, stop });
    },
    stop() {
      stopping ??= stopAll(cleanUps, options);
      return stopping;
    },
  };
}

async function stopAll(cleanUps: CleanUp[], options: LifecycleOptions): Promise<void> {
  const errors: Error[] = [];
  const done = new AbortController();
  const deadline = options.clock
    .sleep(options.stopDeadlineMs, done.signal)
    .then(() => "late" as const);
  // Popped one by one, because a start that is still running may add clean-ups meanwhile.
  for (let next = cleanUps.pop(); next !== undefined; next = cleanUps.pop()) {
    const { name } = next;
    const stopped = settle(next).catch((cause: unknown) => {
      errors.push(new Error(`stopping ${name}: ${messageOf(cause)}`, { cause }));
    });
    if ((await Promise.race([stopped, deadline])) === "late") {
      const rest = [
        name,
        ...cleanUps
          .splice(0)
          .toReversed()
          .map((cleanUp) => cleanUp.name),
      ];
      errors.push(
        new Error(`the deadline of ${options.stopDeadlineMs} ms cut off: ${rest.join(", ")}`),
      );
    }
  }
  done.abort();
  if (errors.length > 0) throw new AggregateError(errors);
}

async function settle(cleanUp: CleanUp): Promise<void> {
  await cleanUp.stop();
}
