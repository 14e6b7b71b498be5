/** The lists of the HTTP API, read page by page from a real store through the real server. */
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
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
      const effect = { kind: "ticket.repeat" } as const;
      const place = { incident: "inc", orderKey: "ticket", dueAtMs: 0, timer: false };
      return { id: idOf(number), effect, ...place };
    });
    await enqueueEffects(tx, effects, 0);
  });
});

interface Page {
  readonly items: readonly { readonly id: string }[];
  readonly next: string | null;
}

/** Every page of a list, as a client reads them: `next` is the `after` of the page after it. */
async function pagesOf(path: string): Promise<readonly Page[]> {
  const http = await startHttp({
    listen: { host: "127.0.0.1", port: 0 },
    registry: createRegistry("1.2.3"),
    health: createHealth(),
    routes: [incidentRoutes, runRoutes, effectRoutes].flatMap((routes) => routes(() => store)),
    logger: silent,
  });
  onTestFinished(() => http.close());
  const pages: Page[] = [];
  for (let after: string | null = ""; after !== null && pages.length < 10; ) {
    const url = new URL(path, http.url);
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

  it("/api/v1/effects of a status that nothing has is one empty page", async () => {
    expect(await pagesOf("/api/v1/effects?status=dead")).toEqual([{ items: [], next: null }]);
  });
});
