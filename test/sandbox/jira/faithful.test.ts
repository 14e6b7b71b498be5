import { describe, expect, it } from "vitest";
import type { JiraSandbox } from "../../../src/sandbox/jira/server.ts";
import { fakeClock } from "../../fakes/clock.ts";
import { askAs, fields, withTicket } from "./ask.ts";

const deployments = ["Cloud", "Server"] as const;
describe("who wrote a comment in the sandbox", () => {
  it("is told on Cloud by an account id and its kind, never by a name that others may have", async () => {
    const place = await withTicket({ deployment: "Cloud" });
    const write = (as: string) =>
      askAs(place, "POST /issue/IR-1/comment", { as, body: { body: "x" } });
    const [sarah, other, rule] = [await write("sarah"), await write("sarah2"), await write("rule")];
    expect(sarah.body).toMatchObject({
      author: { accountType: "atlassian", displayName: "Sarah" },
    });
    expect(other.body).toMatchObject({ author: { accountType: "customer", displayName: "Sarah" } });
    expect(rule.body).toMatchObject({ author: { accountType: "app" } });
    expect(sarah.body).not.toHaveProperty("author.name");
    expect(sarah.body).not.toMatchObject({ author: { accountId: accountIdIn(other.body) } });
  });

  it("is told on Data Center by a name and a key, without a kind", async () => {
    const place = await withTicket();
    const { body } = await askAs(place, "POST /issue/IR-1/comment", {
      as: "rule",
      body: { body: "x" },
    });
    expect(body).toMatchObject({ author: { name: "rule", key: "JIRAUSER10102" } });
    expect(body).not.toHaveProperty("author.accountId");
    expect(body).not.toHaveProperty("author.accountType");
  });

  it("stays the same when somebody else edits it, and the edit names its own author", async () => {
    const clock = fakeClock();
    const place = await withTicket({ clock });
    await askAs(place, "POST /issue/IR-1/comment", { as: "sarah", body: { body: "x" } });
    await clock.advance(1000);
    await askAs(place, "PUT /issue/IR-1/comment/10002", { as: "rule", body: { body: "y" } });
    const { body } = await askAs(place, "GET /issue/IR-1/comment/10002", { as: "bot" });
    expect(body).toMatchObject({ author: { name: "sarah" }, updateAuthor: { name: "rule" } });
    expect(body).toHaveProperty(
      "created",
      new Date(clock.now() - 1000).toISOString().replace("Z", "+0000"),
    );
    expect(body).toHaveProperty(
      "updated",
      new Date(clock.now()).toISOString().replace("Z", "+0000"),
    );
  });
});

function accountIdIn(body: unknown): unknown {
  return JSON.parse(JSON.stringify(body)).author.accountId;
}

describe("the history of an issue in the sandbox", () => {
  it.each(deployments)(
    "says who closed, reopened, assigned and weighed it (%s)",
    async (deployment) => {
      const place = await withTicket({ deployment });
      const sarah =
        place.issues().length === 1 && (await askAs(place, "GET /myself", { as: "sarah" })).body;
      const as = "sarah";
      const moved = (id: string) =>
        askAs(place, "POST /issue/IR-1/transitions", { as, body: { transition: { id } } });
      await moved("31");
      await moved("41");
      await askAs(place, "PUT /issue/IR-1/assignee", { as, body: sarah });
      await askAs(place, "PUT /issue/IR-1", {
        as,
        headers: { "x-sandbox-automation": "true" },
        body: { fields: { priority: { name: "Highest" } } },
      });
      const { body } = await askAs(place, "GET /issue/IR-1?expand=changelog", { as: "bot" });
      const histories: readonly unknown[] = JSON.parse(JSON.stringify(body)).changelog.histories;
      const oldestFirst = deployment === "Cloud" ? histories.toReversed() : histories;
      const person = deployment === "Cloud" ? { accountType: "atlassian" } : { name: "sarah" };
      expect(oldestFirst).toMatchObject([
        {
          author: person,
          items: [{ field: "status", fromString: "To Do", to: "10002" }, { field: "resolution" }],
        },
        {
          author: person,
          items: [
            { field: "status", to: "10000" },
            { field: "resolution", to: null },
          ],
        },
        { author: person, items: [{ field: "assignee", from: null }] },
        {
          items: [{ field: "priority", to: "Highest" }],
          historyMetadata: { type: "automation" },
        },
      ]);
      expect(oldestFirst[2]).not.toHaveProperty("historyMetadata");
    },
  );
});

describe("the search of the sandbox", () => {
  const query = {
    jql: 'project = "IR" AND labels = "x" AND updated >= -5m ORDER BY updated DESC',
    fields: ["status"],
  };
  const searched = async (place: JiraSandbox): Promise<readonly unknown[]> => {
    const { body } = await askAs(place, "POST /search", { as: "bot", body: query });
    return JSON.parse(JSON.stringify(body)).issues;
  };

  it("finds what was changed in the last minutes, the newest first, and a comment is a change", async () => {
    const clock = fakeClock();
    const place = await withTicket({ clock });
    await clock.advance(400_000);
    await askAs(place, "POST /issue", {
      as: "bot",
      body: { fields: { ...fields, labels: ["x"] } },
    });
    expect(await searched(place)).toMatchObject([{ key: "IR-2" }]);
    await clock.advance(1000);
    await askAs(place, "POST /issue/IR-1/comment", { as: "sarah", body: { body: "x" } });
    expect(await searched(place)).toMatchObject([{ key: "IR-1" }, { key: "IR-2" }]);
  });

  it("shows a change as late as its index lags, and none while the index is blind", async () => {
    const clock = fakeClock();
    const place = await withTicket({ clock, indexLagMs: 20_000 });
    await clock.advance(400_000);
    await askAs(place, "POST /issue/IR-1/comment", { as: "sarah", body: { body: "x" } });
    await clock.advance(19_000);
    expect(await searched(place)).toEqual([]);
    place.blind(true);
    await clock.advance(60_000);
    expect(await searched(place)).toEqual([]);
    place.blind(false);
    expect(await searched(place)).toMatchObject([{ key: "IR-1" }]);
  });
});
