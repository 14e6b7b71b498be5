/**
 * Probes the external dependencies at the start and every few minutes, whether each can be used as configured. So a
 * wrong project or a missing target is known before the first incident needs it.
 */
import { setTimeout as timer } from "node:timers/promises";
import type { CheckFinding } from "../finding.ts";
import { type Health, healthOf } from "../health.ts";

/** A login that is refused again and again ends in a CAPTCHA. */
const gently = /_UNAUTHORIZED$/;

export interface RepeatedLook {
  readonly look: () => Promise<readonly CheckFinding[]>;
  /** A cheap question that takes the place of most looks, while nothing is wrong. Left out, each look is whole. */
  readonly ping?: RepeatedLook["look"] | undefined;
  /** Between two looks, in real time, because what is outside knows no other. */
  readonly everyMs: number;
  /** After a look that found something wrong, so that its recovery is seen soon. */
  readonly againMs: number;
}

/** So many questions in the place of a look, then one look. */
const pingsBetweenLooks = 19;

export interface Probe {
  /** What the last look found wrong; ok before the first. */
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
