/** The metrics of this room: whether each dependency can be used. */
import { Gauge, type Registry } from "prom-client";

/** @param up whether each dependency can be used, by name; asked when the metrics are read */
export function dependencyMetric(
  registry: Registry,
  up: () => readonly (readonly [dependency: string, ok: boolean])[],
): Gauge<"dependency"> {
  return new Gauge({
    name: "driftwarden_dependency_up",
    help: "Whether a dependency (store, stream, tracker, engine, source:NAME) can be used now: 1 yes, 0 no; /-/ready says why.",
    labelNames: ["dependency"] as const,
    registers: [registry],
    collect() {
      for (const [dependency, ok] of up()) this.set({ dependency }, ok ? 1 : 0);
    },
  });
}
