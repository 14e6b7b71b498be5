/**
 * Builds the probes of external dependencies. Their results and the health of the parts decide whether the daemon is
 * ready.
 */
import { failed, fine } from "../finding.ts";
import type { Health } from "../health.ts";
import { DependencyWatch } from "../telemetry/dependencies.ts";
import { startProbe } from "../telemetry/probe.ts";
import { type CheckedThrough, partChecks } from "./checks.ts";
import type { StoredParts } from "./parts.ts";

interface Probed extends Omit<CheckedThrough, "logger"> {
  /** Failed effects show an unavailable dependency sooner than a probe does. */
  readonly outbox: { dependencyHealth(name: string): Health };
}

/** For the tracker, the engine and the Alertmanager, which are hardly used while no incident is open. */
const rarely = { everyMs: 180_000, againMs: 30_000 } as const;
/** For the store. */
const often = { everyMs: 5_000, againMs: 1_000 } as const;

export function buildProbes(parts: StoredParts, { outbox, ...through }: Probed): void {
  const { config, health, lifecycle, registry, store } = parts;
  const logger = parts.logger.child({ component: "health" });
  const own = startProbe({
    ...often,
    look: () =>
      store.query("select 1").then(
        () => [fine("answer", "answers")],
        (error: unknown) => [failed("answer", error)],
      ),
  });
  lifecycle.onStop("probe of the store", () => own.stop());
  health.register("store", () => own.health());
  for (const { part, look, ping } of partChecks(config, { ...through, logger })) {
    if (part !== "tracker" && part !== "engine" && part !== "channel:alertmanager") continue;
    const probe = startProbe({ ...rarely, look, ping });
    lifecycle.onStop(`probe of the ${part}`, () => probe.stop());
    health.register(part, () => first(outbox.dependencyHealth(part), probe.health()));
  }
  const watch = new DependencyWatch({ readiness: () => health.readiness(), registry, logger });
  watch.start();
  lifecycle.onStop("dependencies", () => watch.stop());
}

const first = (one: Health, other: Health): Health => (one.ok ? other : one);
