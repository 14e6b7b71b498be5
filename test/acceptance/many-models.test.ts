/** One fault of many models is one ticket, over the real app (FR-S1, FR-S3). */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sql } from "../programs/postgres.ts";
import { type Befalls, type ManyModels, startManyModels } from "./many-models.ts";

const well: Befalls = () => undefined;
const silentAll: Befalls = () => ({ silent: true });

/** Two causes: ten models in each of two features, the second 20 s later. */
const two: Befalls = (model) => {
  if (model < 10) return { broken: "age" };
  return model < 20 ? { broken: "income", lateMs: 20_000 } : undefined;
};

let many: ManyModels;
interface Listed {
  readonly kinds: readonly string[];
  readonly members: { readonly total: number; readonly items: readonly unknown[] };
}
const incidents = async (): Promise<{ readonly items: readonly Listed[] }> =>
  JSON.parse(await (await fetch(`${many.url}/api/v1/incidents`)).text());
const titles = (): readonly string[] => many.jira.issues().map(({ summary }) => summary);
const commentsOf = (place: number): number => many.jira.issues()[place]?.comments.length ?? 0;
const statuses = (): readonly string[] => many.jira.issues().map(({ status }) => status.name);

describe("forty models of one source", () => {
  beforeAll(async () => {
    many = await startManyModels(40);
    await many.live(well, 2);
  });
  afterAll(() => many.stop());

  it("whose source nobody reaches for eight cadences are no ticket, as their exporters go on afterwards (FR-S2)", async () => {
    await many.outage(8);
    await many.live(well, 2);
    expect(titles()).toEqual([]);
  });

  it("that fall silent are one ticket that speaks of all, and at most five comments until all are back", async () => {
    expect(titles()).toEqual([]);
    await many.live(silentAll, 5);
    expect(titles()).toEqual([
      expect.stringMatching(/^\[P1\] source main: all 40 models silent since \d\d:\d\d UTC$/),
    ]);
    const [issue] = many.jira.issues();
    const said = [issue?.description, ...(issue?.comments ?? []).map(({ body }) => body)];
    expect(said.join("\n")).toContain("and 20 more");
    const { items } = await incidents();
    expect(items[0]?.members.total).toBe(40);
    expect(items[0]?.members.items).toHaveLength(20);
    expect(items[0]?.kinds).toEqual(["silent", "source_silent"]);
    await many.live((model) => (model < 38 ? undefined : { silent: true }), 5);
    expect(titles()[0]).toContain("2 of 40 models silent since");
    expect(statuses()).toEqual(["To Do"]);
    await many.live(well, 7);
    expect(titles()).toHaveLength(1);
    expect(commentsOf(0)).toBeLessThanOrEqual(5);
    expect(statuses()).toEqual(["Done"]);
    expect(many.restarts()).toBe(0);
  });

  it("that two causes break in different features 20 s apart are two tickets, and one restart", async () => {
    await many.live(two, 6);
    expect(titles().slice(1).toSorted()).toEqual([
      expect.stringContaining("source main: age lost its influence in 10 of 40 models"),
      expect.stringContaining("source main: income lost its influence in 10 of 40 models"),
    ]);
    expect(many.restarts()).toBe(1);
    const runs = await sql(
      many.storeUrl,
      "select status, gate, count(*)::int as count from driftwarden.runs group by 1, 2 order by 1",
    );
    expect(runs).toEqual([
      { status: "acted", gate: null, count: 1 },
      { status: "denied", gate: "already_done", count: 9 },
    ]);
    const said = many.jira.issues().flatMap(({ comments }) => comments.map(({ body }) => body));
    expect(said.filter((body) => body.includes("restart-store"))).not.toHaveLength(0);
    expect(said.filter((body) => body.includes("Already done"))).toEqual([]);
  });
});

describe("two hundred models of one source", () => {
  beforeAll(async () => {
    many = await startManyModels(200, 60);
    await many.live(well);
  });
  afterAll(() => many.stop());

  it("that one table breaks are one ticket, and one restart (FR-S1)", async () => {
    await many.live(() => ({ broken: "age" }), 3);
    expect(titles()).toEqual([
      expect.stringContaining("source main: age lost its influence in all 200 models"),
    ]);
    const { items } = await incidents();
    expect(items.map(({ members }) => members.total)).toEqual([200]);
    expect(commentsOf(0)).toBeLessThanOrEqual(5);
    expect(many.restarts()).toBe(1);
  });
});
