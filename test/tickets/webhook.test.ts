/** Webhooks of Jira, sent by the sandbox to a server as the daemon has it. */
import { createHmac } from "node:crypto";
import { Registry } from "prom-client";
import { describe, expect, it } from "vitest";
import { jiraWebhook } from "../../src/tickets/jira/webhook.ts";
import { ticketsMetrics } from "../../src/tickets/metrics.ts";
import { startServer } from "../fakes/raw-client.ts";
import { doorPlace } from "./door-place.ts";

const secret = "s3cret-of-the-webhook";
const path = "/api/v1/webhooks/jira";

async function listener() {
  const metrics = ticketsMetrics(new Registry());
  const hinted: string[] = [];
  const hook = jiraWebhook({
    secret: () => secret,
    hint: async (ticket) => void hinted.push(ticket),
    metrics,
  });
  const server = await startServer({ hooks: [hook] });
  const count = async () => {
    const { values } = await metrics.webhooks.get();
    return Object.fromEntries(values.map(({ labels, value }) => [labels.outcome, value]));
  };
  const send = (body: string, headers: Readonly<Record<string, string>> = {}, query = "") =>
    fetch(`${server.url}${path}${query}`, { method: "POST", body, headers });
  return { server, hinted, count, send };
}

const event = JSON.stringify({ webhookEvent: "comment_created", issue: { id: "10001" } });
const signed = (body: string, by = secret) => ({
  "x-hub-signature": `sha256=${createHmac("sha256", by).update(body).digest("hex")}`,
});

describe("a webhook of Jira", () => {
  it.each(["Cloud", "Server"] as const)(
    "is a hint on which the ticket is read at once, without a search (%s)",
    async (deployment) => {
      const { server, hinted } = await listener();
      const url = `${server.url}${path}${deployment === "Cloud" ? "" : `?secret=${secret}`}`;
      const hook = deployment === "Cloud" ? { url, secret } : { url };
      await using place = await doorPlace({ deployment, webhooks: [hook], indexLagMs: 600_000 });
      await place.say("sarah", "dw ack");
      await expect.poll(() => hinted.length).toBeGreaterThan(1);
      const searches = () => place.sandbox.ledger.filter(({ what }) => what === "searched").length;
      for (const ticket of hinted) place.door.hint(ticket);
      await place.door.lookAtHints();
      expect([...place.store.commands.values()]).toMatchObject([{ said: "dw ack" }]);
      expect([searches(), place.door.hasHints]).toEqual([0, false]);
    },
  );

  it.each([
    ["without a secret", {}, ""],
    ["with a wrong secret in the address", {}, "?secret=wrong"],
    ["with an empty secret", {}, "?secret="],
    ["signed with another secret", signed(event, "wrong"), ""],
    ["signed for another body", signed(`${event} `), ""],
    ["with a broken signature beside the right secret", signed(event, "x"), `?secret=${secret}`],
    ["with a signature of another kind", { "x-hub-signature": "sha1=00" }, ""],
    ["with a wrong token", { authorization: "Bearer wrong" }, ""],
  ] as const)("%s is refused and counted, and nothing is read", async (_, headers, query) => {
    const { hinted, count, send } = await listener();
    const answer = await send(event, headers, query);
    expect([answer.status, await answer.json()]).toEqual([
      401,
      expect.objectContaining({ code: "DW_HTTP_SECRET" }),
    ]);
    expect([hinted, await count()]).toEqual([[], { refused: 1 }]);
  });

  it("that comes again is taken once, by signature, address or token", async () => {
    const { hinted, count, send } = await listener();
    expect((await send(event, signed(event))).status).toBe(200);
    expect((await send(event, {}, `?secret=${secret}`)).status).toBe(200);
    expect((await send(event, { authorization: `Bearer ${secret}` })).status).toBe(200);
    expect([hinted, await count()]).toEqual([["10001"], { taken: 1, repeated: 2 }]);
  });

  it("about nothing that is read is ignored, whatever it holds", async () => {
    const { hinted, count, send } = await listener();
    const bodies = [
      "",
      "{",
      "[]",
      "null",
      '{"webhookEvent":"user_created","issue":{"id":"1"}}',
      '{"webhookEvent":"comment_created"}',
      '{"webhookEvent":"comment_created","issue":{"id":"1/../2"}}',
      '{"webhookEvent":"comment_created","issue":{"id":{"a":1}}}',
      `{"webhookEvent":"comment_created","issue":{"id":"${"9".repeat(40)}"}}`,
    ];
    for (const body of bodies) expect((await send(body, signed(body))).status).toBe(200);
    expect([hinted, await count()]).toEqual([[], { ignored: bodies.length }]);
  });

  it("of a comment that comes without its issue names it by its address", async () => {
    const { hinted, send } = await listener();
    const self = "https://jira.example/rest/api/2/issue/10007/comment/3";
    const body = JSON.stringify({ webhookEvent: "comment_created", comment: { self } });
    await send(body, signed(body));
    expect(hinted).toEqual(["10007"]);
  });

  it("too large, or with an unknown parameter, is refused", async () => {
    const { hinted, send } = await listener();
    expect((await send("x".repeat(262_145), {}, `?secret=${secret}`)).status).toBe(413);
    expect((await send(event, signed(event), "?other=1")).status).toBe(400);
    expect(hinted).toEqual([]);
  });
});

it("many hints are read 20 at a time, and those of foreign tickets ask Jira nothing", async () => {
  await using place = await doorPlace({ tickets: 30 });
  const { door, store, sandbox } = place;
  for (const { ticket } of store.tickets) door.hint(ticket);
  for (let n = 0; n < 1000; n += 1) door.hint(String(90_000 + n));
  const before = sandbox.ledger.length;
  await door.lookAtHints();
  const read = new Set(sandbox.ledger.slice(before).map(({ issue }) => issue));
  expect(read.size).toBeLessThanOrEqual(21);
  for (let n = 0; n < 20 && door.hasHints; n += 1) await door.lookAtHints();
  expect(door.hasHints).toBe(false);
  expect(sandbox.ledger.length - before).toBeLessThanOrEqual(30 * 2 + 3);
});
