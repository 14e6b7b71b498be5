/** Builds the HTTP server with the routes of all rooms. */
import { modelRoutes } from "../detection/routes.ts";
import type { DetectionWorker } from "../detection/worker.ts";
import { runRoutes } from "../healing/routes.ts";
import { HttpError } from "../http/errors.ts";
import { type HttpServer, startHttp } from "../http/server.ts";
import { incidentRoutes } from "../incidents/routes.ts";
import { effectRoutes } from "../outbox/routes.ts";
import type { Store } from "../store/store.ts";
import { buildCommandWrite } from "./commands.ts";
import type { Parts } from "./parts.ts";

/** What the routes show; each part is undefined until it has started. */
export interface ShownParts {
  store?: Store;
  worker?: DetectionWorker;
}

/** @param shown filled in while the rest starts */
export async function buildHttp(parts: Parts, shown: ShownParts): Promise<HttpServer> {
  const { config, registry, health, lifecycle } = parts;
  const store = (): Store => shown.store ?? notStarted();
  const http = await startHttp({
    listen: config.http.listen,
    registry,
    health,
    routes: [
      ...incidentRoutes(store),
      ...runRoutes(store),
      ...effectRoutes(store),
      ...modelRoutes(() => shown.worker?.engines() ?? []),
    ],
    writes: [buildCommandWrite(config, store)],
    logger: parts.logger.child({ component: "http" }),
  });
  if (config.http.allow_remote) {
    parts.logger.warn({ url: http.url }, "other machines may reach the API, which has no password");
  }
  lifecycle.onStop("http", () => http.close());
  return http;
}

function notStarted(): never {
  throw new HttpError("DW_HTTP_STARTING", "not all parts have started", {
    status: 503,
    hint: "Ask again when /-/ready says that they have.",
    retryable: true,
  });
}
