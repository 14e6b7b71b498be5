/** What comes by POST: whose it is, from where, and how much. */
import { afterEach, describe, expect, it } from "vitest";
import { written } from "../../src/http/writes.ts";
import type { HttpHook, HttpItemRoute, HttpWrite, WriteRequest } from "../../src/http-route.ts";
import { QueryError } from "../../src/query-errors.ts";
import { raw, startServer } from "../fakes/raw-client.ts";

const asked: WriteRequest[] = [];
afterEach(() => {
  asked.length = 0;
});

const write: HttpWrite = {
  path: "/api/v1/commands",
  personOf: (token) => (token === "s3cret" ? "sarah" : undefined),
  write: async (request) => {
    if (request.body === "unreadable") throw new QueryError("body", "Send something else.");
    asked.push(request);
    return { done: true };
  },
};

const hook: HttpHook = { path: "/api/v1/webhooks/jira", parameters: [], take: async () => true };
const item: HttpItemRoute = { path: "/api/v1/runs/:id", noun: "run", find: () => undefined };

const bearer = "authorization: Bearer s3cret\r\n";

interface Sent {
  readonly token: string;
  readonly key?: string;
  readonly body?: string;
}

async function post({ token, key, body = '{"text":"ack"}' }: Sent): Promise<Response> {
  const server = await startServer({ writes: [write] });
  return fetch(`${server.url}/api/v1/commands`, {
    method: "POST",
    body,
    headers: {
      authorization: `Bearer ${token}`,
      ...(key !== undefined && { "idempotency-key": key }),
    },
  });
}

describe("a write over HTTP", () => {
  it("with a token is that person's, with the key that makes it one", async () => {
    const answer = await post({ token: "s3cret", key: "k-1" });
    expect([answer.status, await answer.json()]).toEqual([200, { done: true }]);
    expect(asked).toEqual([{ person: "sarah", key: "k-1", body: { text: "ack" } }]);
  });

  it.each([
    ["without a token", "", 401, "DW_HTTP_TOKEN"],
    ["with a token that nobody has", "authorization: Bearer wrong\r\n", 401, "DW_HTTP_TOKEN"],
    ["of more than 256 kB", `${bearer}content-length: 262145\r\n`, 413, "DW_HTTP_MALFORMED"],
    ["of no length", `${bearer}transfer-encoding: chunked\r\n`, 413, "DW_HTTP_MALFORMED"],
  ])("%s is refused before its body has come", async (...[, headers, status, code]) => {
    const server = await startServer({ writes: [write] });
    const head = `POST /api/v1/commands HTTP/1.1\r\nhost: localhost\r\n${headers}\r\n`;
    const answer = await raw(server, head);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} .*connection: close`, "is"));
    expect(answer).toContain(code);
    expect(asked).toEqual([]);
  });

  it.each([
    ["no JSON", "{", 400, "DW_HTTP_MALFORMED"],
    ["what the route cannot read", '"unreadable"', 400, "DW_HTTP_QUERY"],
  ])("whose body is %s is refused", async (...[, body, status, code]) => {
    const answer = await post({ token: "s3cret", body });
    expect([answer.status, await answer.json()]).toEqual([
      status,
      expect.objectContaining({ code }),
    ]);
    expect(asked).toEqual([]);
  });

  it.each([
    ["GET", "/api/v1/commands", "POST"],
    ["HEAD", "/api/v1/commands", "POST"],
    ["DELETE", "/api/v1/commands", "POST"],
    ["GET", "/api/v1/webhooks/jira", "POST"],
    ["DELETE", "/api/v1/webhooks/jira", "POST"],
    ["POST", "/-/ready", "GET, HEAD"],
    ["PUT", "/api/v1/runs/run-1", "GET, HEAD"],
  ])(
    "is not answered for %s %s, which names the methods that are",
    async (...[method, path, allow]) => {
      const server = await startServer({ writes: [write], hooks: [hook], routes: [item] });
      const answer = await fetch(`${server.url}${path}`, { method });
      expect([answer.status, answer.headers.get("allow")]).toEqual([405, allow]);
    },
  );

  it.each(["10.0.0.5", "::ffff:10.0.0.5", undefined])(
    "from another machine is refused before its token is looked at: %s",
    async (from) => {
      const request = new Request("http://dw/api/v1/commands", { method: "POST" });
      await expect(written(write, request, from)).rejects.toMatchObject({
        code: "DW_HTTP_REMOTE_WRITE",
        status: 403,
      });
    },
  );
});
