/** Maps `alerts:`, `services:` and `people:` to the door through which alerts come in. */
import type { Config } from "../config/schema.ts";
import type { HttpWrite } from "../http-route.ts";
import type { AlertSettings } from "../probes/intake/alert.ts";
import { alertWrite } from "../probes/intake/http.ts";
import type { RecordingNotices } from "../probes/intake/record-notices.ts";
import { alertMetric } from "../probes/metrics.ts";
import type { Parts } from "./parts.ts";
import { peopleTokens } from "./people-tokens.ts";

/** @param recording throws while the parts have not started */
export function buildAlertWrite(
  { config, logger, registry }: Parts,
  recording: () => RecordingNotices,
): HttpWrite {
  const taken = alertMetric(registry);
  return alertWrite({
    tokens: peopleTokens(config.people, logger.child({ component: "http" })),
    senders: Object.entries(config.people).map(([name, { scopes, machine }]) => ({
      name,
      mayPropose: scopes.includes("propose"),
      isMachine: machine,
    })),
    settings: alertSettings(config),
    recording,
    onTaken: (outcome) => taken.inc({ outcome }),
  });
}

function alertSettings({ services, alerts }: Config): AlertSettings {
  return {
    services: Object.entries(services).map(([name, given]) => {
      const { tenant, environment, background, container, health, alerts: labels } = given;
      return {
        subject: { kind: "service", tenant, environment, name },
        isProbed: container !== undefined || health.length > 0,
        background,
        labels,
      };
    }),
    severities: Object.fromEntries(
      Object.entries(alerts.severity_map).map(([word, severity]) => [word.toLowerCase(), severity]),
    ),
    fingerprintLabels: alerts.fingerprint_labels,
  };
}
