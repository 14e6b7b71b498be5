import { describe, expect, it } from "vitest";
import type { JiraSandbox } from "../../../src/sandbox/jira/server.ts";
import { type Answer, askAs, fields, sandbox } from "./ask.ts";

function ask(place: JiraSandbox, line: string, body?: unknown): Promise<Answer> {
  return askAs(place, line, { body });
}

describe("creating in the sandbox", () => {
  it("gives ids and keys that count up, and remembers who reported", async () => {
    const place = await sandbox();
    expect(await ask(place, "POST /issue", { fields })).toMatchObject({
      status: 201,
      body: { key: "IR-1" },
    });
    expect(await ask(place, "POST /issue", { fields })).toMatchObject({ body: { key: "IR-2" } });
    expect(place.issues()).toMatchObject([{ reporter: "ann", priority: "Medium" }, {}]);
  });

  it.each([
    [{ project: { key: "NO" } }, "project", "Specify a valid project ID or key"],
    [{ issuetype: { name: "Wish" } }, "issuetype", "Specify a valid issue type"],
    [{ summary: "" }, "summary", "You must specify a summary of the issue."],
    [
      { summary: "a\nb" },
      "summary",
      "The summary is invalid because it contains newline characters.",
    ],
    [{ summary: "x".repeat(256) }, "summary", "Summary can't exceed 255 characters."],
    [{ priority: { name: "P1" } }, "priority", "The priority selected is invalid."],
    [{ labels: ["a b"] }, "labels", "The label contains spaces or is too long, which is invalid."],
    [{ team: undefined }, "team", "team is required."],
  ])("refuses %j as Jira would", async (change, field, says) => {
    const place = await sandbox({ requireFields: ["team"] });
    const answer = await ask(place, "POST /issue", { fields: { ...fields, team: "a", ...change } });
    expect(answer).toMatchObject({
      status: 400,
      body: { errorMessages: [], errors: { [field]: says } },
    });
    expect(place.issues()).toEqual([]);
  });
});

describe("the workflow of the sandbox", () => {
  it("goes To Do, In Progress, Done with a resolution, and back", async () => {
    const place = await sandbox();
    await ask(place, "POST /issue", { fields });
    const move = (id: string): Promise<Answer> =>
      ask(place, "POST /issue/IR-1/transitions", { transition: { id } });
    expect((await move("41")).status).toBe(400);
    await move("21");
    expect(place.issues()).toMatchObject([{ status: { name: "In Progress" } }]);
    expect((await move("31")).status).toBe(204);
    expect((await ask(place, "GET /issue/IR-1")).body).toMatchObject({
      fields: { status: { statusCategory: { key: "done" } }, resolution: { name: "Done" } },
    });
    await move("41");
    expect(place.issues()).toMatchObject([{ status: { name: "To Do" }, resolution: undefined }]);
    expect(place.ledger.map(({ what }) => what)).toEqual([
      "issue_created",
      "refused",
      "issue_moved",
      "issue_resolved",
      "issue_read",
      "issue_reopened",
    ]);
  });
});

describe("searching in the sandbox", () => {
  const query = { jql: 'project = "IR" AND labels = "x" ORDER BY created ASC', fields: ["labels"] };

  it("is /search on a server and /search/jql, without a total, on Cloud", async () => {
    const server = await sandbox();
    const cloud = await sandbox({ deployment: "Cloud" });
    for (const place of [server, cloud]) {
      await ask(place, "POST /issue", { fields: { ...fields, labels: ["x"] } });
      await ask(place, "POST /issue", { fields });
    }
    expect((await ask(server, "POST /search", query)).body).toMatchObject({
      total: 1,
      issues: [{ key: "IR-1" }],
    });
    expect((await ask(cloud, "POST /search/jql", query)).body).toMatchObject({
      isLast: true,
      issues: [{ key: "IR-1" }],
    });
    expect((await ask(cloud, "POST /search/jql", { jql: query.jql })).body).toEqual({
      isLast: true,
      issues: [{ id: "10001" }],
    });
    expect((await ask(cloud, "POST /search", query)).status).toBe(410);
    expect((await ask(server, "POST /search/jql", query)).status).toBe(404);
    expect((await ask(server, "POST /search", { jql: "labels is empty" })).status).toBe(400);
  });

  it("misses a new issue for as long as its index lags", async () => {
    let now = 0;
    const clock = { now: () => now, at: (ms: number) => ms, sleep: () => Promise.resolve() };
    const place = await sandbox({ clock, indexLagMs: 1000 });
    await ask(place, "POST /issue", { fields: { ...fields, labels: ["x"] } });
    expect((await ask(place, "POST /search", query)).body).toMatchObject({ total: 0 });
    now = 1000;
    expect((await ask(place, "POST /search", query)).body).toMatchObject({ total: 1 });
  });
});

describe("who may use the sandbox", () => {
  it("is anybody with credentials, or those it was told", async () => {
    const open = await sandbox();
    expect((await ask(open, "GET /myself")).body).toMatchObject({ name: "ann" });
    expect((await fetch(`${open.url}/rest/api/2/myself`)).status).toBe(401);
    const closed = await sandbox({ users: [{ name: "bob", token: "pat" }] });
    expect((await ask(closed, "GET /myself")).status).toBe(401);
    const bearer = { headers: { authorization: "Bearer pat" } };
    expect((await fetch(`${closed.url}/rest/api/2/myself`, bearer)).status).toBe(200);
  });
});

describe("a fault ordered from the sandbox", () => {
  it("meets the next request that fits, once, before or after it took effect", async () => {
    const place = await sandbox();
    place.fault({ method: "POST", path: /\/issue$/, answer: "unavailable" });
    place.fault({ method: "POST", path: /\/issue$/, answer: "drop", afterEffect: true });
    expect((await ask(place, "GET /myself")).status).toBe(200);
    expect(
      (await fetch(`${place.url}/rest/api/2/issue`, { method: "POST", body: "{}" })).status,
    ).toBe(503);
    expect(place.issues()).toHaveLength(0);
    await expect(ask(place, "POST /issue", { fields })).rejects.toThrow("fetch failed");
    expect(place.issues()).toHaveLength(1);
    expect(place.ledger.at(-1)).toMatchObject({ what: "issue_created", issue: "IR-1" });
    expect((await ask(place, "POST /issue", { fields })).status).toBe(201);
  });
});
