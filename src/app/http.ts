/** Builds the HTTP server with the routes of all rooms. */
import type { Config } from "../config/schema.ts";
import { readSecret } from "../config/secret.ts";
import type { DetectionWorker } from "../detection/partition/worker.ts";
import { modelRoutes } from "../detection/routes.ts";
import { freezeRoutes } from "../healing/freeze-routes.ts";
import { runRoutes } from "../healing/routes.ts";
import { HttpError } from "../http/errors.ts";
import { type HttpServer, startHttp } from "../http/server.ts";
import type { HttpHook } from "../http-route.ts";
import { incidentRoutes } from "../incidents/routes.ts";
import { effectRoutes } from "../outbox/routes.ts";
import type { RecordingNotices } from "../probes/intake/record-notices.ts";
import { notify } from "../store/notify.ts";
import type { Store } from "../store/store.ts";
import { jiraWebhook } from "../tickets/jira/webhook.ts";
import type { TicketsMetrics } from "../tickets/metrics.ts";
import { buildAlertWrite } from "./alerts.ts";
import { buildCommandWrite } from "./commands.ts";
import type { Parts } from "./parts.ts";

/** What the routes show; each part is undefined until it has started. */
export interface ShownParts {
  store?: Store;
  worker?: DetectionWorker;
  notices?: RecordingNotices;
}

/** @param shown filled in while the rest starts */
export async function buildHttp(
  parts: Parts,
  { shown, metrics }: { readonly shown: ShownParts; readonly metrics: TicketsMetrics },
): Promise<HttpServer> {
  const { config, registry, health, lifecycle } = parts;
  const store = (): Store => shown.store ?? notStarted();
  const http = await startHttp({
    listen: config.http.listen,
    registry,
    health,
    routes: [
      ...incidentRoutes(store),
      ...runRoutes(store),
      ...freezeRoutes(store),
      ...effectRoutes(store),
      ...modelRoutes(() => shown.worker?.engines() ?? []),
    ],
    writes: [
      buildCommandWrite(parts, store),
      buildAlertWrite(parts, () => shown.notices ?? notStarted()),
    ],
    hooks: buildTrackerHooks(config, { store, metrics }),
    logger: parts.logger.child({ component: "http" }),
  });
  if (config.http.allow_remote) {
    parts.logger.warn({ url: http.url }, "other machines may reach the API, which has no password");
  }
  lifecycle.onStop("http", () => http.close());
  return http;
}

/** Webhooks of the tracker. The process that gets one passes it on to the process that reads tickets. */
function buildTrackerHooks(
  { jira }: Config,
  { store, metrics }: { readonly store: () => Store; readonly metrics: TicketsMetrics },
): readonly HttpHook[] {
  const file = jira?.webhook_secret_file;
  if (file === undefined) return [];
  // A secret that cannot be read fails the start.
  readSecret(file);
  const hint = (ticket: string): Promise<void> => notify(store(), "tickets", ticket);
  return [jiraWebhook({ secret: () => readSecret(file), hint, metrics })];
}

function notStarted(): never {
  throw new HttpError("DW_HTTP_STARTING", "not all parts have started", {
    status: 503,
    hint: "Ask again when /-/ready says that they have.",
    retryable: true,
  });
}
