import { describe, expect, it } from "vitest";
import type { ModelView } from "../../src/detection/engine.ts";
import { modelRoutes } from "../../src/detection/routes.ts";
import { runRoutes } from "../../src/healing/routes.ts";
import type { Page } from "../../src/http-route.ts";
import { incidentRoutes } from "../../src/incidents/routes.ts";
import { effectRoutes } from "../../src/outbox/routes.ts";
import type { Store } from "../../src/store/store.ts";
import { modelView } from "../fakes/model-view.ts";
import { get, raw, startServer } from "../fakes/raw-client.ts";

const store = (): Store => {
  throw new Error("the store was asked");
};

/** Two partitions; what a model costs to look at is counted. */
function engines(count: number): { list: Parameters<typeof modelRoutes>[0]; looked: string[] } {
  const looked: string[] = [];
  const keys = Array.from(
    { length: count },
    (_, index) => `t/e/s/${String(index).padStart(5, "0")}`,
  );
  const part = (rest: number): { modelKeys(): string[]; model(key: string): ModelView } => ({
    modelKeys: () => keys.filter((_, index) => index % 2 === rest).toReversed(),
    model: (key) => {
      looked.push(key);
      return modelView(key);
    },
  });
  return { list: () => [part(0), part(1)], looked };
}

const close = "connection: close\r\n";
const bodyOf = (answer: string): Page => JSON.parse(answer.slice(answer.indexOf("\r\n\r\n")));

describe("a query that means nothing (FR-L3)", () => {
  const { list } = engines(0);
  const routes = [incidentRoutes(store), runRoutes(store), effectRoutes(store)];

  it.each([
    ["incidents", ["", "1e308", "-1", "1.5", "NaN", "9".repeat(16), "0x10", "%20"]],
    ["effects", ["", "1e308", "-1", "Infinity", "1;drop"]],
    ["runs", ["", "1e308", "1e308:a", "1:", ":a", "x:a", `1:${"a".repeat(501)}`, "1"]],
    ["models", [""]],
  ])("after is refused for %s with 400, and the store is not asked", async (name, values) => {
    const server = await startServer({ routes: [...routes.flat(), ...modelRoutes(list)] });
    for (const after of values) {
      const answer = await raw(server, get(`/api/v1/${name}?after=${after}`, close));
      expect(answer).toMatch(/^HTTP\/1\.1 400 /);
      expect(bodyOf(answer)).toMatchObject({ code: "DW_HTTP_QUERY", hint: expect.any(String) });
    }
  });

  it.each([
    "incidents?states=open",
    "incidents/7?state=open",
    "runs?model=a",
    "runs/r1?x",
    "models?state=open",
    "effects?status=dead&x",
  ])(
    "%s has a parameter that is not known, and is refused with those there are (FR-T8)",
    async (path) => {
      const server = await startServer({ routes: [...routes.flat(), ...modelRoutes(list)] });
      const answer = await raw(server, get(`/api/v1/${path}`, close));
      expect(answer).toMatch(/^HTTP\/1\.1 400 /);
      expect(bodyOf(answer)).toMatchObject({
        code: "DW_HTTP_QUERY",
        hint: expect.stringMatching(/^(Known here: after, limit|None is known here\.$)/),
      });
    },
  );

  it.each([
    ["incidents?state=opened", "It is one of: open, recovered, resolved."],
    ["incidents?severity=P1&severity=P9", "It is one of: P0, P1, P2."],
    ["incidents?kind=", "It is one of: shift, "],
    ["incidents?subject=", "Give it a value"],
    ["incidents?subject=a&subject=b", "Give it once."],
    ["incidents?limit=0", "It is a whole number from 1 to 100."],
    ["incidents?limit=101", "It is a whole number from 1 to 100."],
    ["models?limit=1e1", "It is a whole number from 1 to 100."],
    ["runs?limit=5&limit=6", "Give it once."],
    ["runs?status=done", "It is one of: observed, denied, "],
    ["effects?status=dead&status=done", "Give it once."],
    ["effects?after=1&after=2", "Pass as after"],
  ])(
    "%s has a value that means nothing, and is refused with what there is (FR-T8)",
    async (path, hint) => {
      const server = await startServer({ routes: [...routes.flat(), ...modelRoutes(list)] });
      const answer = await raw(server, get(`/api/v1/${path}`, close));
      expect(answer).toMatch(/^HTTP\/1\.1 400 /);
      expect(bodyOf(answer)).toMatchObject({
        code: "DW_HTTP_QUERY",
        hint: expect.stringContaining(hint),
      });
    },
  );

  it("status is refused with the statuses there are", async () => {
    const server = await startServer({ routes: routes.flat() });
    const answer = await raw(server, get("/api/v1/effects?status=dad", close));
    expect(answer).toMatch(/^HTTP\/1\.1 400 .*DW_HTTP_QUERY.*It is one of: pending, /s);
  });
});

describe("/api/v1/models (FR-L1)", () => {
  it("gives a hundred models a page, in order, and looks at no others", async () => {
    const { list, looked } = engines(250);
    const server = await startServer({ routes: modelRoutes(list) });
    const pages: Page[] = [];
    for (let after = ""; pages.length < 4; ) {
      const query = after === "" ? "" : `?after=${encodeURIComponent(after)}`;
      const page = bodyOf(await raw(server, get(`/api/v1/models${query}`, close)));
      pages.push(page);
      if (page.next === null) break;
      after = page.next;
    }
    expect(pages.map(({ items }) => items.length)).toEqual([100, 100, 50]);
    expect(looked).toHaveLength(250);
    expect(looked).toEqual(looked.toSorted());
  });
});
