/** Maps `services:` to what the probes ask, and starts them. */
import type { Engine } from "../../remediations/docker/engine.ts";
import { labelsOf } from "../../remediations/docker/selector.ts";
import type { Config } from "../config/schema.ts";
import { tcpParts } from "../config/services.ts";
import type { CheckFinding } from "../finding.ts";
import { healthOf } from "../health.ts";
import type { RecordOptions } from "../incidents/record-events.ts";
import { probeMetric } from "../probes/metrics.ts";
import { Probing } from "../probes/probing.ts";
import type { HealthEndpoint, ProbedService } from "../probes/service.ts";
import { surveyServices } from "../probes/survey.ts";
import type { StoredParts } from "./parts.ts";
import { registries } from "./registries.ts";

function servicesOf({ services }: Pick<Config, "services">): readonly ProbedService[] {
  return Object.entries(services).map(([name, service]) => {
    const { tenant, environment, container, health, background } = service;
    return {
      subject: { kind: "service", tenant, environment, name },
      container: container && labelsOf(container),
      health: health.map(endpointOf),
      needs: service.depends_on,
      background,
      startGraceMs: service.start_grace,
      everyMs: service.every,
      memoryAbove: service.memory_above,
    };
  });
}

function endpointOf(given: Config["services"][string]["health"][number]): HealthEndpoint {
  const { http, tcp = "", part, timeout, slow_after, metadata_address } = given;
  const shared = { timeoutMs: timeout, part, metadataAddress: metadata_address };
  if (http !== undefined) return { ...shared, http, slowAfterMs: slow_after };
  return { ...shared, tcp: tcpParts(tcp) ?? { host: "", port: 0 } };
}

/** What `check` says of services. @param engine undefined where none is configured */
export function lookAtServices(
  config: Config,
  engine: Engine | undefined,
): Promise<readonly CheckFinding[]> {
  const { probes: kinds } = registries;
  return surveyServices({ services: servicesOf(config), kinds, engine, nowMs: Date.now() });
}

/** Starts the probes. Without services it closes only what an earlier configuration left open. */
export function buildServices(
  { config, store, clock, owner, logger, registry, health, lifecycle }: StoredParts,
  { recording, engine }: { readonly recording: RecordOptions; readonly engine: Engine | undefined },
): void {
  const answers = probeMetric(registry);
  const probing = new Probing({
    services: servicesOf(config),
    kinds: registries.probes,
    store,
    clock,
    recording,
    owner,
    engine,
    logger: logger.child({ component: "services" }),
    onAnswer: ({ kind }, { answer }) => answers.inc({ probe: kind, answer: answer.status }),
  });
  probing.start();
  if (Object.keys(config.services).length > 0)
    health.register("services", () => healthOf(probing.unasked));
  lifecycle.onStop("probes of services", () => probing.stop());
}
