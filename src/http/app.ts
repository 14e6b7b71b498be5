/** The paths of the server: the fixed ones, and those of the rooms. */
import type { HttpBindings } from "@hono/node-server";
import { Hono } from "hono";
import {
  type HttpHook,
  type HttpItemRoute,
  type HttpRoute,
  type HttpWrite,
  type Page,
  refuseUnknown,
} from "../http-route.ts";
import { HttpError, malformed } from "./errors.ts";
import { answer, json } from "./respond.ts";
import { targetProblem } from "./target.ts";
import { announced, written } from "./writes.ts";

/** What `/metrics` shows; prom-client's Registry is one. */
interface MetricsSource {
  readonly contentType: string;
  metrics(): Promise<string>;
}

/** What `/-/ready` shows. */
interface ReadinessSource {
  readiness(): { readonly ready: boolean };
}

export interface HttpAppParts {
  readonly registry: MetricsSource;
  readonly health: ReadinessSource;
  readonly routes: readonly (HttpRoute | HttpItemRoute)[];
  /** The changes that a person may request by POST. Default: none. */
  readonly writes?: readonly HttpWrite[];
  /** The notices that other programs may send by POST. Default: none. */
  readonly hooks?: readonly HttpHook[];
  /** Whether a Host header is answered. */
  readonly isAllowed: (host: string | undefined) => boolean;
}

export type HttpApp = Hono<{ Bindings: HttpBindings }>;

/**
 * A request that cannot be answered throws. A path without a route is a 404. A method without a route on a path that
 * has one is a 405.
 */
export function httpApp({
  registry,
  health,
  routes,
  writes = [],
  hooks = [],
  isAllowed,
}: HttpAppParts): HttpApp {
  const app: HttpApp = new Hono();
  app.use(async ({ env }, next) => {
    if (!isAllowed(env.incoming.headers.host)) throw foreignHost();
    const problem = targetProblem(env.incoming.url ?? "");
    if (problem !== undefined) throw malformed(problem);
    await next();
  });
  const metrics = shared(() => registry.metrics());
  app.get("/metrics", async () =>
    answer({ status: 200, type: registry.contentType, body: await metrics() }),
  );
  app.get("/-/healthy", () => json(200, { healthy: true }));
  app.get("/-/ready", () => {
    const readiness = health.readiness();
    return json(readiness.ready ? 200 : 503, readiness);
  });
  for (const route of routes) {
    app.get(route.path, async ({ req }) => {
      const query = new URL(req.url).searchParams;
      refuseUnknown(route, query);
      return json(200, await answerOf(route, { query, id: req.param("id") ?? "" }));
    });
  }
  for (const write of writes) {
    app.post(write.path, async ({ req, env }) =>
      json(200, await written(write, req.raw, env.incoming.socket.remoteAddress)),
    );
  }
  for (const hook of hooks) {
    app.post(hook.path, async ({ req, env }) =>
      json(200, await announced(hook, req.raw, env.incoming.socket.remoteAddress)),
    );
  }
  return app.notFound(({ req }) => {
    const allowed = methodsAt(app, req.path);
    throw allowed.length === 0 ? noPath(app, req.method) : notAllowed(req.method, allowed);
  });
}

/** The methods that have a route on a path. HEAD is answered wherever GET is. */
function methodsAt({ routes }: HttpApp, path: string): readonly string[] {
  const methods = routes
    .filter(({ method, path: pattern }) => method !== "ALL" && isAt(pattern, path))
    .map(({ method }) => method);
  return [...new Set(methods.flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : method)))];
}

function isAt(pattern: string, path: string): boolean {
  const [wanted, given] = [pattern.split("/"), path.split("/")];
  return (
    wanted.length === given.length &&
    wanted.every((part, place) =>
      part.startsWith(":") ? given[place] !== "" : part === given[place],
    )
  );
}

interface Request {
  readonly query: URLSearchParams;
  readonly id: string;
}

async function answerOf(
  route: HttpRoute | HttpItemRoute,
  { query, id }: Request,
): Promise<Page | object> {
  if ("find" in route) return (await route.find(id)) ?? noItem(route, id);
  const { items, next } = await route.handler(query);
  return { items, next };
}

function noItem({ path, noun }: HttpItemRoute, id: string): never {
  throw new HttpError("DW_HTTP_NOT_FOUND", `there is no ${noun} ${id.slice(0, 80)}`, {
    status: 404,
    hint: `${path.replace("/:id", "")} lists those there are.`,
  });
}

/** Requests that come while the answer is being made share it. Many scrapes at once cost as much as one. */
function shared<T>(make: () => Promise<T>): () => Promise<T> {
  let pending: Promise<T> | undefined;
  return () => {
    pending ??= make().finally(() => {
      pending = undefined;
    });
    return pending;
  };
}

function foreignHost(): HttpError {
  return new HttpError("DW_HTTP_HOST", "this name is not answered here", {
    status: 403,
    hint: "Use the address that http.listen names, or localhost.",
  });
}

/** The body of a request that nothing reads is not waited for; the connection is closed instead. */
const closing = (method: string): Readonly<Record<string, string>> =>
  method === "GET" || method === "HEAD" ? {} : { connection: "close" };

function noPath({ routes }: HttpApp, asked: string): HttpError {
  const paths = routes.filter(({ method }) => method === "GET").map(({ path }) => path);
  return new HttpError("DW_HTTP_NOT_FOUND", "nothing stands under this path", {
    status: 404,
    hint: `There are: ${paths.join(", ")}.`,
    headers: closing(asked),
  });
}

function notAllowed(method: string, allowed: readonly string[]): HttpError {
  return new HttpError("DW_HTTP_METHOD", `${method} is not possible here`, {
    status: 405,
    hint: `Use ${allowed[0]}.`,
    headers: { allow: allowed.join(", "), ...closing(method) },
  });
}
