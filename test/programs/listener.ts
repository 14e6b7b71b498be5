/** The HTTP server alone in a process of its own, with 20,000 models to show, so that its memory can be measured. Prints its address. */
import { pino } from "pino";
import { modelRoutes } from "../../src/detection/routes.ts";
import { startHttp } from "../../src/http/server.ts";
import { createHealth } from "../../src/telemetry/health.ts";
import { createRegistry } from "../../src/telemetry/registry.ts";
import { modelView } from "../fakes/model-view.ts";

const keys = Array.from({ length: 20_000 }, (_, index) => `default/default/main/model-${index}`);
const { url } = await startHttp({
  listen: { host: "127.0.0.1", port: 0 },
  registry: createRegistry("1.2.3"),
  health: createHealth(),
  routes: modelRoutes(() => [{ modelKeys: () => keys, model: modelView }]),
  logger: pino({ level: "silent" }),
});
process.stdout.write(`${url}\n`);
