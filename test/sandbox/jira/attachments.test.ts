import { describe, expect, it } from "vitest";
import type { JiraSandboxOptions } from "../../../src/sandbox/jira/server.ts";
import { descriptions } from "../../tickets/jira/openapi/descriptions.ts";
import { askAs, withTicket } from "./ask.ts";

const name = "driftwarden-1-ab.png";

/** A place with one ticket, to which a file was sent as `bot`. */
async function attached(
  options: JiraSandboxOptions = {},
  headers: Readonly<Record<string, string>> = { "x-atlassian-token": "no-check" },
) {
  const place = await withTicket(options);
  const form = new FormData();
  form.append("file", new Blob(["picture"], { type: "image/png" }), name);
  const response = await fetch(`${place.url}/rest/api/2/issue/IR-1/attachments`, {
    method: "POST",
    headers: { authorization: `Basic ${btoa("bot:token")}`, ...headers },
    body: form,
  });
  const body: unknown = await response.json();
  return { place, status: response.status, body };
}

describe("a file attached to an issue of the sandbox", () => {
  it("stands in the issue, costs a mail, and is shown by the page", async () => {
    const { place, status } = await attached();
    expect(status).toBe(200);
    const { body } = await askAs(place, "GET /issue/IR-1?fields=attachment", { as: "bot" });
    expect(body).toMatchObject({
      fields: { attachment: [{ filename: name, size: 7, mimeType: "image/png" }] },
    });
    expect(place.mails("IR-1")).toBe(2);
    const shown = await fetch(`${place.url}/attachment/${name}`);
    expect([shown.headers.get("content-type"), await shown.text()]).toEqual([
      "image/png",
      "picture",
    ]);
    const description = `Seen.\n!${name}|width=720!`;
    await askAs(place, "PUT /issue/IR-1", { as: "bot", body: { fields: { description } } });
    const page = await (await fetch(`${place.url}/browse/IR-1`)).text();
    expect(page).toContain(`<img src="/attachment/${name}" alt="picture" width="720">`);
  });

  it("is removed by who attached it, and by nobody else", async () => {
    const { place } = await attached();
    const id = place.issues()[0]?.attachments[0]?.id;
    const byOther = await askAs(place, `DELETE /attachment/${id}`, { as: "sarah" });
    expect(byOther.status).toBe(403);
    const byOwner = await askAs(place, `DELETE /attachment/${id}`, { as: "bot" });
    expect(byOwner.status).toBe(204);
    expect(place.issues()[0]?.attachments).toEqual([]);
    expect((await fetch(`${place.url}/attachment/${name}`)).status).toBe(404);
  });

  it.each<[string, JiraSandboxOptions, number]>([
    ["it is too large, on Data Center", { mostAttachedBytes: 3 }, 404],
    ["it is too large, on Cloud", { mostAttachedBytes: 3, deployment: "Cloud" }, 413],
    ["files are disabled, on Data Center", { mostAttachedBytes: 0 }, 403],
    ["files are disabled, on Cloud", { mostAttachedBytes: 0, deployment: "Cloud" }, 404],
    ["nobody may attach", { withoutPermissions: ["CREATE_ATTACHMENTS"] }, 403],
  ])("is refused where %s", async (_where, options, status) => {
    const refused = await attached(options);
    expect(refused.status).toBe(status);
    expect(refused.place.issues()[0]?.attachments).toEqual([]);
  });

  it("is refused without the header against forged requests, spelled as it is described", async () => {
    expect((await attached({}, {})).status).toBe(403);
    expect((await attached({}, { "x-atlassian-token": "nocheck" })).status).toBe(403);
  });
});

/** The description of Data Center names one attachment where Jira answers a list of them. */
const falseAlarm = /^ must be object$/;

describe("files of the sandbox beside Atlassian's descriptions", () => {
  it.each(["Cloud", "Server"] as const)("are answered as described (%s)", async (deployment) => {
    const judge = descriptions[deployment];
    const { place, status, body } = await attached({ deployment });
    const id = place.issues()[0]?.attachments[0]?.id;
    const read = await askAs(place, `GET /attachment/${id}`, { as: "bot" });
    const removed = await askAs(place, `DELETE /attachment/${id}`, { as: "bot" });
    const calls = [
      { method: "POST", path: "/issue/IR-1/attachments", status, body },
      { method: "GET", path: "/attachment/1", ...read },
      { method: "DELETE", path: "/attachment/1", ...removed },
    ];
    const wrong = calls.flatMap((call) =>
      judge.answerViolations(call).filter((problem) => !falseAlarm.test(problem)),
    );
    expect(calls.map((call) => call.status)).toEqual([200, 200, 204]);
    expect(wrong).toEqual([]);
  });
});
