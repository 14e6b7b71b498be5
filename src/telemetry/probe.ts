/**
 * Checks at the start and every few minutes whether the external dependencies can be used as configured. A wrong
 * project or a missing target is then known before the first incident needs it.
 */
import { setTimeout as timer } from "node:timers/promises";
import type { CheckFinding } from "../finding.ts";
import { type Health, healthOf } from "../health.ts";

/** After these codes the next look does not come sooner: repeated refused logins make Jira require a CAPTCHA. */
const gently = /_UNAUTHORIZED$/;

export interface RepeatedLook {
  readonly look: () => Promise<readonly CheckFinding[]>;
  /** A cheap check that replaces most looks while nothing is wrong. Default: none, so every look is a whole one. */
  readonly ping?: RepeatedLook["look"] | undefined;
  /** Pause between two looks, in real time, because outside systems do not follow a fake clock. */
  readonly everyMs: number;
  /** Pause after a look that found something wrong; shorter, to see the recovery soon. */
  readonly againMs: number;
}

/** Number of pings between two whole looks. */
const pingsBetweenLooks = 19;

export interface Probe {
  /** The result of the last look; ok before the first. */
  health(): Health;
  stop(): void;
}

export function startProbe({ look, ping, everyMs, againMs }: RepeatedLook): Probe {
  const stopping = new AbortController();
  let wrong: CheckFinding | undefined;
  let pings = pingsBetweenLooks;
  const next = (): RepeatedLook["look"] => {
    const mayPing = wrong === undefined && pings < pingsBetweenLooks;
    pings = mayPing ? pings + 1 : 0;
    return mayPing && ping !== undefined ? ping : look;
  };
  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      wrong = (await next()()).find(({ ok }) => !ok);
      const soon = wrong !== undefined && !gently.test(wrong.code ?? "");
      await timer(soon ? againMs : everyMs, undefined, {
        signal: stopping.signal,
        ref: false,
      }).catch(() => undefined);
    }
  };
  void run();
  return {
    health: () =>
      healthOf(wrong && [wrong.message, wrong.hint].filter((part) => part !== null).join(". ")),
    stop: () => stopping.abort(),
  };
}
