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
