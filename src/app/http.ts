/** The HTTP server as configured, with the routes that the rooms give. */
import { type HttpServer, startHttp } from "../http/server.ts";
import type { Parts } from "./parts.ts";
import { apiRoutes, type Shown } from "./routes.ts";

/** @param shown what the routes show, filled in while the rest starts */
export async function buildHttp(parts: Parts, shown: Shown): Promise<HttpServer> {
  const { config, registry, health, lifecycle } = parts;
  const http = await startHttp({
    listen: config.http.listen,
    registry,
    health,
    routes: apiRoutes(shown),
    logger: parts.logger.child({ component: "http" }),
  });
  lifecycle.onStop("http", () => http.close());
  return http;
}
