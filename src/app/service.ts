/** Builds what a process tells systemd about itself, if systemd has started it as a service. */
import type { Logger } from "pino";
import { systemClock } from "../clock.ts";
import type { OverdueRound } from "../rounds.ts";
import type { Readiness } from "../telemetry/health.ts";
import { Heartbeat, type HeartbeatOptions } from "../telemetry/heartbeat.ts";
import { openServiceManager } from "../telemetry/service-manager.ts";
import type { Environment } from "../tickets/jira/proxy.ts";
import type { Parts } from "./parts.ts";

/** While one of these is unavailable, calls may wait for it. `/-/ready` says so, and a restart would not help. */
const awaited = ["store", "stream"];

/**
 * Call it before all other parts are built. It asks systemd for more time while they start, and it is stopped last.
 *
 * @returns call it when all parts have started
 */
export function buildService(parts: Parts, environment: Environment): () => void {
  const { config, health, lifecycle, rounds } = parts;
  const logger = parts.logger.child({ component: "service" });
  const allStarted = health.register("start", notAllStarted);
  const overdue = (limitMs: number): OverdueRound | undefined => {
    const { parts: all } = health.readiness();
    if (awaited.some((name) => all[name]?.ok === false)) rounds.restart();
    return rounds.overdue(limitMs);
  };
  const readiness = (): Readiness => health.readiness();
  const told = { readiness, overdue, readyWithinMs: config.startup_timeout, logger };
  const service = startHeartbeat(environment, told);
  lifecycle.onStop("messages to systemd", () => service?.stop());
  return () => {
    allStarted();
    // Added last, so it is called first.
    lifecycle.onStop("announcing the stop", () => service?.heartbeat.stopping());
    service?.heartbeat.started();
  };
}

/**
 * The same for the executor, which is ready once it listens. It counts no rounds, because each act has its own
 * deadline.
 */
export function startExecutorService(
  environment: Environment,
  logger: Logger,
): { stopping(): void; stop(): void } {
  const told = { readiness: isReady, overdue: () => undefined, readyWithinMs: 0, logger };
  const service = startHeartbeat(environment, told);
  service?.heartbeat.started();
  return {
    stopping: () => service?.heartbeat.stopping(),
    stop: () => service?.stop(),
  };
}

interface RunningHeartbeat {
  readonly heartbeat: Heartbeat;
  stop(): void;
}

/**
 * Sends heartbeats in real time, because systemd measures real time.
 *
 * @returns undefined if systemd does not wait for messages
 */
function startHeartbeat(
  environment: Environment,
  told: Omit<HeartbeatOptions, "manager">,
): RunningHeartbeat | undefined {
  const onFailure = (reason: string): void => {
    told.logger.warn({ reason }, "systemd could not be notified");
  };
  const manager = openServiceManager({ environment, onFailure });
  if (manager === undefined) return undefined;
  const heartbeat = new Heartbeat({ ...told, manager });
  const stopped = new AbortController();
  void beat(heartbeat, stopped.signal);
  return { heartbeat, stop: () => stopped.abort() };
}

async function beat(heartbeat: Heartbeat, stopped: AbortSignal): Promise<void> {
  while (!stopped.aborted) await systemClock.sleep(heartbeat.beat(), stopped);
}

const isReady = (): Readiness => ({ ready: true, degraded: false, parts: {} });

const notAllStarted = (): { readonly ok: boolean; readonly reason: string } => ({
  ok: false,
  reason: "not all parts have started",
});
