/** What a Jira that is ill answers, and what it must not be taken for. FR-J3, FR-J5. */
import type { ServerResponse } from "node:http";
import { describe, expect, it } from "vitest";
import { paragraph, words } from "../../../src/messages/message.ts";
import { at, errorOf, json } from "./open-example.ts";

const issue = {
  summary: "s",
  description: [[paragraph(words("d"))]],
  labels: ["driftwarden"],
  priority: undefined,
};

const page =
  (status: number) =>
  (response: ServerResponse): void => {
    response.writeHead(status, { "content-type": "text/html" }).end("<h1>Please wait</h1>");
  };

describe("a Jira that is ill", () => {
  it.each([
    ["401", json(401, {})],
    ["a login page", page(200)],
    ["503", page(503)],
    [
      "a redirect",
      (response: ServerResponse) => response.writeHead(302, { location: "/login" }).end(),
    ],
    ["403 with a page", page(403)],
    ["404 with a page, as while it starts", page(404)],
    ["405 with a page", page(405)],
  ])("FR-J3: is away, and asks for no pause, when it answers %s", async (_what, answer) => {
    const { jira } = await at(answer);
    const asks = [
      () => jira.ping(),
      () => jira.create(issue),
      () => jira.get("1"),
      () => jira.close("1"),
    ];
    for (const ask of asks) {
      const error = await errorOf(ask());
      expect(error).toMatchObject({ unavailable: true, retryable: true });
      expect(error.retryAfterMs).toBeUndefined();
    }
  });

  it("FR-J3: reads the token again for each request, and keeps the last one that could be one", async () => {
    const tokens = ["first-token-0123456789", "second-token-0123456789", ""];
    let n = 0;
    const { jira, server } = await at(json(401, {}), {
      auth: "bearer",
      token: () => tokens[Math.min(n++, 2)] ?? "",
    });
    for (let i = 0; i < 3; i += 1) await jira.ping().catch(() => undefined);
    expect(server.seen.map(({ headers }) => headers.authorization)).toEqual([
      "Bearer second-token-0123456789",
      "Bearer second-token-0123456789",
      "Bearer second-token-0123456789",
    ]);
  });

  it("does not take an issue for deleted that is missing once", async () => {
    let asked = 0;
    const fields = { status: { statusCategory: { key: "new" } } };
    const { jira } = await at((response, request) => {
      if (request.url?.endsWith("/myself") === true) return json(200, {})(response);
      asked += 1;
      return asked === 1
        ? page(404)(response)
        : json(200, { id: "1", key: "IR-1", fields })(response);
    });
    expect(await jira.get("1")).toMatchObject({ key: "IR-1" });
  });
});

describe("a request for some fields", () => {
  it("FR-J5: names them in one parameter, since some servers read the last one alone", async () => {
    const { jira, server } = await at(json(404, {}));
    await jira.get("1").catch(() => undefined);
    expect(server.seen[0]?.path).toBe(
      "/rest/api/2/issue/1?fields=summary,description,labels,status,resolution",
    );
  });
});

describe("JSON that is no object, in Jira's place", () => {
  it.each(["null", "7", '"no"', "true"])("refuses nothing: %s", async (text) => {
    const { jira } = await at((response) => {
      response.writeHead(400, { "content-type": "application/json" }).end(text);
    });
    const error = await errorOf(jira.create(issue));
    expect(error).toMatchObject({ code: "DW_TRACKER_PROTOCOL", retryable: true });
    expect(error.message).toContain("with a page instead of JSON");
  });
});
