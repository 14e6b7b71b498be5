import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { paragraph, words } from "../../../src/messages/message.ts";
import { at, errorOf, json, openExample, token } from "./open-example.ts";

describe("the adapter", () => {
  it("never prints its token", () => {
    const jira = openExample("http://127.0.0.1:1");
    expect(inspect(jira, { depth: 9, showHidden: true })).not.toContain(token);
    expect(JSON.stringify(jira)).not.toContain(token);
  });

  it("sends the token as Basic or Bearer, and asks to skip the browser's check", async () => {
    const { jira, server } = await at(json(404, {}));
    await errorOf(jira.comments("IR-1"));
    await errorOf(openExample(server.url, { auth: "bearer" }).comments("IR-1"));
    const basic = `Basic ${Buffer.from(`bot:${token}`).toString("base64")}`;
    expect(server.seen.map(({ headers }) => headers.authorization)).toEqual([
      basic,
      `Bearer ${token}`,
    ]);
    expect(server.seen[0]?.headers["x-atlassian-token"]).toBe("no-check");
  });

  it.each([
    ["http://jira.example", "DW_JIRA_INSECURE_URL"],
    ["http://127.0.0.1.example", "DW_JIRA_INSECURE_URL"],
    ["ftp://jira.example", "DW_JIRA_BAD_URL"],
    ["https://bot:pw@jira.example", "DW_JIRA_BAD_URL"],
    ["https://jira.example/?x=1", "DW_JIRA_BAD_URL"],
    ["https://jira.example/a%20b", "DW_JIRA_BAD_URL"],
    ["jira", "DW_JIRA_BAD_URL"],
  ])("refuses the address %s", async (url, code) => {
    expect((await errorOf(Promise.resolve().then(() => openExample(url)))).code).toBe(code);
  });

  it.each(["", " \n", "two words", "tök€n"])(
    "refuses %j, which cannot be a token",
    async (wrong) => {
      const opening = Promise.resolve().then(() =>
        openExample("http://127.0.0.1:1", { token: wrong }),
      );
      expect((await errorOf(opening)).code).toBe("DW_TRACKER_UNAUTHORIZED");
    },
  );

  it.each(["A-1/../../x?y=", "1&x=1", "ir-1", "", "%2e"])(
    "asks nothing about the issue %j, which cannot be one",
    async (id) => {
      const { jira, server } = await at(json(200, {}));
      for (const call of [
        jira.get(id),
        jira.comments(id),
        jira.addComment(id, [[paragraph(words("x"))]]),
        jira.close(id),
        jira.reopen(id),
      ]) {
        expect((await errorOf(call)).code).toBe("DW_JIRA_BAD_KEY");
      }
      const search = jira.findByLabel('x" OR labels = "y');
      expect((await errorOf(search)).code).toBe("DW_JIRA_BAD_KEY");
      expect(server.seen).toEqual([]);
    },
  );

  it.each([
    ["Won't Do", true],
    ["Done", false],
    [undefined, false],
  ])("counts an issue with the resolution %s as won't fix: %s", async (name, wontFix) => {
    const fields = {
      labels: [],
      status: { statusCategory: { key: "done" } },
      resolution: name === undefined ? null : { name },
    };
    const { jira } = await at(json(200, { id: "1", key: "IR-1", fields }));
    expect(await jira.get("1")).toMatchObject({ done: true, wontFix });
  });
});
