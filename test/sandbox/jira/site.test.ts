import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import { describe, expect, it, onTestFinished } from "vitest";
import { fakeClock } from "../../fakes/clock.ts";
import { eventually } from "../../programs/eventually.ts";
import { askAs, fields, withTicket } from "./ask.ts";

describe("the limits of the sandbox", () => {
  it("are on Cloud 20 writes to one issue in 2 s, which say so and concern no other issue", async () => {
    const clock = fakeClock();
    const place = await withTicket({ clock, deployment: "Cloud", limited: true });
    await askAs(place, "POST /issue", { as: "bot", body: { fields } });
    const write = (key: string) =>
      askAs(place, `POST /issue/${key}/comment`, { as: "sarah", body: { body: "x" } });
    for (let n = 0; n < 20; n += 1) expect((await write("IR-1")).status).toBe(201);
    const refused = await write("IR-1");
    expect([
      refused.status,
      refused.headers.get("retry-after"),
      refused.headers.get("ratelimit-reason"),
    ]).toEqual([429, "2", "jira-per-issue-on-write"]);
    expect((await write("IR-2")).status).toBe(201);
    await clock.advance(2000);
    expect((await write("IR-1")).status).toBe(201);
  });

  it("are on Cloud a quota of the whole site, which says until when", async () => {
    const clock = fakeClock();
    const place = await withTicket({ clock, deployment: "Cloud", limited: true });
    place.exhaust(clock.now() + 90_000);
    const { status, headers } = await askAs(place, "GET /myself", { as: "bot" });
    expect([status, headers.get("ratelimit-reason"), headers.get("x-ratelimit-reset")]).toEqual([
      429,
      "jira-quota-tenant-based",
      new Date(clock.now() + 90_000).toISOString(),
    ]);
    await clock.advance(90_000);
    expect((await askAs(place, "GET /myself", { as: "bot" })).status).toBe(200);
  });

  it("are on Data Center a bucket for each account, and a wait of a second at least", async () => {
    const clock = fakeClock();
    const place = await withTicket({ clock, limited: true });
    const statuses: number[] = [];
    for (let n = 0; n < 100; n += 1)
      statuses.push((await askAs(place, "GET /myself", { as: "sarah" })).status);
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
    const { status, headers } = await askAs(place, "GET /myself", { as: "sarah" });
    expect([status, headers.get("retry-after"), headers.get("x-ratelimit-remaining")]).toEqual([
      429,
      "1",
      "0",
    ]);
    expect((await askAs(place, "GET /myself", { as: "rule" })).status).toBe(200);
    await clock.advance(100);
    expect((await askAs(place, "GET /myself", { as: "sarah" })).status).toBe(200);
  });
});

describe("a sandbox in another language", () => {
  const translation = { names: { Done: "Erledigt", "Start Progress": "Beginnen" }, always: false };

  it.each([
    ["to whoever does not ask for English", "de", translation, "Erledigt"],
    ["and gives English names to whoever asks for them", "en", translation, "Done"],
    [
      "even then, where the account's language decides",
      "en",
      { ...translation, always: true },
      "Erledigt",
    ],
  ])("names its transitions in it, %s", async (...[, language, site, name]) => {
    const place = await withTicket({ translation: site });
    const headers = { "accept-language": language };
    const { body } = await askAs(place, "GET /issue/IR-1/transitions", { as: "bot", headers });
    expect(body).toMatchObject({ transitions: [{}, { name, to: { name } }] });
  });
});

describe("rights in the sandbox", () => {
  it.each([
    ["ADD_COMMENTS", "POST /issue/IR-1/comment", { body: "x" }, 400],
    ["EDIT_ISSUES", "PUT /issue/IR-1", { fields: { summary: "x" } }, 403],
    ["TRANSITION_ISSUES", "POST /issue/IR-1/transitions", { transition: { id: "31" } }, 400],
    ["ADMINISTER_PROJECTS", "PUT /issue/IR-1?notifyUsers=false", { fields: { summary: "x" } }, 403],
    ["DELETE_ISSUES", "DELETE /issue/IR-1", undefined, 403],
  ])("without %s refuse %s", async (...[permission, line, body, status]) => {
    const place = await withTicket({ withoutPermissions: [permission] });
    const before = JSON.stringify(place.issues());
    expect((await askAs(place, line, { as: "sarah", body })).status).toBe(status);
    expect(JSON.stringify(place.issues())).toBe(before);
  });
});

describe("the mails of the sandbox", () => {
  it("leave out whoever did it", async () => {
    const place = await withTicket();
    await askAs(place, "POST /issue/IR-1/comment", { as: "sarah", body: { body: "x" } });
    await askAs(place, "POST /issue/IR-1/transitions", {
      as: "sarah",
      body: { transition: { id: "31" } },
    });
    expect([place.mails("IR-1"), place.mails("IR-1", "sarah"), place.mails("IR-1", "bot")]).toEqual(
      [3, 1, 2],
    );
  });
});

describe("a webhook of the sandbox", () => {
  it("is sent for each change, signed, and again with the same identifier when nobody took it", async () => {
    const heard: { readonly event: string; readonly id: unknown; readonly good: boolean }[] = [];
    const server = createServer((request, response) => {
      void (async () => {
        const chunks: Buffer[] = [];
        for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
        const text = Buffer.concat(chunks).toString("utf8");
        const { headers } = request;
        const good =
          headers["x-hub-signature"] ===
          `sha256=${createHmac("sha256", "s").update(text).digest("hex")}`;
        heard.push({
          event: JSON.parse(text).webhookEvent,
          id: headers["x-atlassian-webhook-identifier"],
          good,
        });
        response.writeHead(heard.length === 1 ? 500 : 200).end();
      })();
    });
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const place = await withTicket({
      webhooks: [{ url: `http://127.0.0.1:${port}/hook`, secret: "s" }],
    });
    await eventually(() => expect(heard).toHaveLength(2));
    await askAs(place, "POST /issue/IR-1/comment", { as: "sarah", body: { body: "x" } });
    await eventually(() => expect(heard).toHaveLength(3));
    expect(heard.map(({ event, good }) => [event, good])).toEqual([
      ["jira:issue_created", true],
      ["jira:issue_created", true],
      ["comment_created", true],
    ]);
    expect(heard[0]?.id).toBe(heard[1]?.id);
    expect(heard[2]?.id).not.toBe(heard[1]?.id);
  });
});

describe("a request to the sandbox that a proxy held back or sent again", () => {
  it("takes effect three requests later, or twice", async () => {
    const place = await withTicket();
    const comment = () =>
      askAs(place, "POST /issue/IR-1/comment", { as: "bot", body: { body: "x" } });
    const count = () => place.issues()[0]?.comments.length;
    place.fault({ method: "POST", answer: "late" });
    await expect(comment()).rejects.toThrow("fetch failed");
    await askAs(place, "GET /myself", { as: "bot" });
    await askAs(place, "GET /myself", { as: "bot" });
    expect(count()).toBe(0);
    await askAs(place, "GET /myself", { as: "bot" });
    expect(count()).toBe(1);
    place.fault({ method: "POST", answer: "doubled" });
    expect((await comment()).status).toBe(201);
    expect(count()).toBe(3);
  });
});
