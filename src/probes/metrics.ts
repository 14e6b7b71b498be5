/** The metrics of probes. */
import { Counter, type Registry } from "prom-client";

/** @returns counts the answer of one question */
export function probeMetric(registry: Registry): Counter<"probe" | "answer"> {
  return new Counter({
    name: "driftwarden_probe_answers_total",
    help: "Answers of probes of services, by kind of probe and answer: fine, failing, starting, or unasked where the question could not be asked.",
    labelNames: ["probe", "answer"] as const,
    registers: [registry],
  });
}

/** @returns counts one alert or report */
export function alertMetric(registry: Registry): Counter<"outcome"> {
  return new Counter({
    name: "driftwarden_alerts_total",
    help: "Alerts and reports that came in, by what became of them: opened, joined, repeated, resolved, ignored, beyond where a service had too many at once, or refused.",
    labelNames: ["outcome"] as const,
    registers: [registry],
  });
}
