/** The lists of the HTTP API, read page by page from a real store through the real server. */
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { runRoutes } from "../../src/healing/routes.ts";
import { startHttp } from "../../src/http/server.ts";
import { incidentRoutes } from "../../src/incidents/routes.ts";
import { effectRoutes } from "../../src/outbox/routes.ts";
import { insertIncident } from "../../src/store/incidents/incident.ts";
import { enqueueEffects } from "../../src/store/outbox/enqueue.ts";
import { insertRun } from "../../src/store/runs/run.ts";
import type { Store } from "../../src/store/store.ts";
import { createHealth } from "../../src/telemetry/health.ts";
import { createRegistry } from "../../src/telemetry/registry.ts";
import { openIncident } from "../fakes/episodes.ts";
import { storedRun } from "../fakes/runs.ts";
import { silent, withStore } from "../programs/store.ts";

const stores = withStore();
let store: Store;

/** More than two pages of a hundred. */
const numbers = Array.from({ length: 230 }, (_, index) => index + 1);
/** Ids in the order of their numbers. */
const idOf = (number: number): string => `id-${String(number).padStart(3, "0")}`;
const oldestFirst = numbers.map(idOf);
const newestFirst = oldestFirst.toReversed();

beforeAll(async () => {
  store = await stores.open();
  await store.transaction(async (tx) => {
    for (const number of numbers) {
      const id = idOf(number);
      await insertIncident(tx, openIncident({ id, number, fingerprint: id }), number);
      // Three of a moment: where a page ends, the next one begins among them.
      await insertRun(tx, { ...storedRun(id), decidedAtMs: Math.floor(number / 3) });
    }
    const effects = numbers.map((number) => {
      const effect = { kind: "ticket.update" } as const;
      const place = { incident: "inc", orderKey: "ticket", dueAtMs: 0, timer: false };
      return { id: idOf(number), effect, ...place };
    });
    await enqueueEffects(tx, effects, 0);
  });
});

/** The server with every list of the store. */
async function served(): Promise<string> {
  const http = await startHttp({
    listen: { host: "127.0.0.1", port: 0 },
    registry: createRegistry("1.2.3"),
    health: createHealth(),
    routes: [incidentRoutes, runRoutes, effectRoutes].flatMap((routes) => [...routes(() => store)]),
    logger: silent,
  });
  onTestFinished(() => http.close());
  return http.url;
}

interface Page {
  readonly items: readonly { readonly id: string }[];
  readonly next: string | null;
}

/** Every page of a list, as a client reads them: `next` is the `after` of the page after it. */
async function pagesOf(path: string): Promise<readonly Page[]> {
  const base = await served();
  const pages: Page[] = [];
  for (let after: string | null = ""; after !== null && pages.length < 10; ) {
    const url = new URL(path, base);
    if (after !== "") url.searchParams.set("after", after);
    const page: Page = JSON.parse(await (await fetch(url)).text());
    pages.push(page);
    after = page.next;
  }
  return pages;
}

describe("a list of the API that is longer than a page", () => {
  it.each([
    ["/api/v1/incidents", newestFirst],
    ["/api/v1/runs", newestFirst],
    ["/api/v1/incidents?state=open&state=recovered&severity=P1&kind=shift", newestFirst],
    ["/api/v1/runs?incident=inc-e1&fix=restart-svc&status=acted", newestFirst],
    ["/api/v1/effects", oldestFirst],
    ["/api/v1/effects?status=pending", oldestFirst],
  ])(
    "%s gives every row once and in order, and says on its last page that it ends",
    async (path, ids) => {
      const pages = await pagesOf(path);
      expect(pages.map(({ items }) => items.length)).toEqual([100, 100, 30]);
      expect(pages.flatMap(({ items }) => items.map(({ id }) => id))).toEqual(ids);
    },
  );

  it("has as many rows a page as limit says, and none where a filter fits nothing", async () => {
    const [first] = await pagesOf("/api/v1/incidents?limit=2");
    expect(first?.items.map(({ id }) => id)).toEqual(["id-230", "id-229"]);
    for (const path of ["incidents?severity=P0", "incidents?subject=nobody", "runs?incident=7"])
      expect(await pagesOf(`/api/v1/${path}`)).toEqual([{ items: [], next: null }]);
  });

  it("/api/v1/effects of a status that nothing has is one empty page", async () => {
    expect(await pagesOf("/api/v1/effects?status=dead")).toEqual([{ items: [], next: null }]);
  });
});

async function ask(path: string): Promise<readonly [number, unknown]> {
  const answer = await fetch(new URL(path, await served()));
  return [answer.status, await answer.json()];
}

describe("one of the API", () => {
  it("an incident is found by its number and by its id", async () => {
    for (const name of ["229", "id-229"]) {
      const [status, found] = await ask(`/api/v1/incidents/${name}`);
      expect([status, found]).toMatchObject([200, { number: 229, id: "id-229" }]);
    }
  });

  it("a run is found by its id", async () => {
    expect(await ask("/api/v1/runs/id-003")).toMatchObject([200, { id: "id-003" }]);
  });

  it.each(["incidents/9999", "incidents/%00", "incidents/id-", "incidents/-1", "runs/no"])(
    "%s is answered with 404 or 400, and says where those there are stand",
    async (path) => {
      const [status, { code }] = z
        .tuple([z.number(), z.object({ code: z.string() })])
        .parse(await ask(`/api/v1/${path}`));
      const hostile = path.includes("%00");
      expect([status, code]).toEqual(
        hostile ? [400, "DW_HTTP_MALFORMED"] : [404, "DW_HTTP_NOT_FOUND"],
      );
    },
  );
});
