/** Which path gives what: the fixed ones, and those that rooms bring. */
import { HttpError } from "./errors.ts";
import { type Answer, json } from "./respond.ts";
import type { HttpRoute } from "./routes.ts";

/** What `/metrics` shows; prom-client's Registry is one. */
export interface MetricsSource {
  readonly contentType: string;
  metrics(): Promise<string>;
}

/** What `/-/ready` shows. */
export interface ReadinessSource {
  readiness(): { readonly ready: boolean };
}

export interface RouteParts {
  readonly registry: MetricsSource;
  readonly health: ReadinessSource;
  readonly routes: readonly HttpRoute[];
}

type Handler = (query: URLSearchParams) => Promise<Answer> | Answer;

/** @returns answers a GET of a path */
export function router(parts: RouteParts): (url: URL) => Promise<Answer> {
  const handlers = new Map<string, Handler>([
    ["/metrics", () => metrics(parts.registry)],
    ["/-/healthy", () => json(200, { healthy: true })],
    ["/-/ready", () => ready(parts.health)],
  ]);
  for (const route of parts.routes) {
    handlers.set(route.path, async (query) => {
      const { items, next } = await route.handler(query);
      return json(200, { items, next });
    });
  }
  return async (url) => {
    const handler = handlers.get(url.pathname);
    if (handler !== undefined) return await handler(url.searchParams);
    throw new HttpError("DW_HTTP_NOT_FOUND", "nothing stands under this path", {
      status: 404,
      hint: `There are: ${[...handlers.keys()].join(", ")}.`,
    });
  };
}

async function metrics(registry: MetricsSource): Promise<Answer> {
  return { status: 200, type: registry.contentType, body: await registry.metrics() };
}

function ready(health: ReadinessSource): Answer {
  const readiness = health.readiness();
  return json(readiness.ready ? 200 : 503, readiness);
}
