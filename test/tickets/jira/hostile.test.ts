import EventEmitter, { once } from "node:events";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Message, paragraph, words } from "../../../src/messages/message.ts";
import { at, errorOf, json, token } from "./open-example.ts";

const says = (text: string): Message => [[paragraph(words(text))]];
const issue = {
  summary: "s",
  description: says("d"),
  labels: ["driftwarden"],
  priority: undefined,
};

describe("an answer that is a refusal", () => {
  it.each([
    [401, "DW_TRACKER_UNAUTHORIZED", false],
    [403, "DW_TRACKER_FORBIDDEN", false],
    [404, "DW_JIRA_PROJECT_MISSING", false],
    [409, "DW_TRACKER_REFUSED", false],
    [413, "DW_TRACKER_REFUSED", false],
    [500, "DW_TRACKER_UNAVAILABLE", true],
    [503, "DW_TRACKER_UNAVAILABLE", true],
    [504, "DW_TRACKER_UNAVAILABLE", true],
  ] as const)("%i becomes %s, perhaps applied: %s", async (status, code, maybeApplied) => {
    const { jira } = await at(json(status, { errorMessages: ["Words of Jira"], errors: {} }));
    const error = await errorOf(jira.create(issue));
    expect(error).toMatchObject({ code, status, maybeApplied });
    expect(error.message).toBe(`creating an issue in IR: Jira answered ${status}: Words of Jira`);
  });

  it("tells how long to wait and which limit was hit on 429", async () => {
    const headers = { "retry-after": "17", "ratelimit-reason": "jira-per-issue-on-write" };
    const { jira } = await at(json(429, {}, headers));
    expect(await errorOf(jira.addComment("1", says("x")))).toMatchObject({
      code: "DW_TRACKER_RATE_LIMITED",
      status: 429,
      retryAfterMs: 17_000,
      reason: "jira-per-issue-on-write",
      retryable: true,
      maybeApplied: false,
    });
  });

  it.each([
    ["jira-per-issue-on-write", false],
    ["jira-burst-based", true],
  ])("takes the limit %s for one of the whole of Jira: %s", async (reason, unavailable) => {
    const { jira } = await at(json(429, {}, { "ratelimit-reason": reason }));
    const error = await errorOf(jira.addComment("1", says("x")));
    expect(error).toMatchObject({ unavailable, oneIssueOnly: !unavailable });
  });

  it("understands a Retry-After that is a date", async () => {
    const date = "Fri, 20 Nov 2026 10:00:00 GMT";
    const { jira } = await at(
      json(429, {}, { date, "retry-after": "Fri, 20 Nov 2026 10:00:30 GMT" }),
    );
    expect((await errorOf(jira.get("1"))).retryAfterMs).toBe(30_000);
  });

  it("recognises the CAPTCHA that follows failed logins", async () => {
    const { jira } = await at(json(403, {}, { "x-seraph-loginreason": "AUTHENTICATION_DENIED" }));
    const error = await errorOf(jira.get("1"));
    expect(error.code).toBe("DW_TRACKER_UNAUTHORIZED");
    expect(error.hint).toContain("CAPTCHA");
  });

  it("does not take an issue for deleted when the login failed, which some Jiras answer with 404", async () => {
    const { jira } = await at(json(404, {}, { "x-seraph-loginreason": "AUTHENTICATED_FAILED" }));
    expect((await errorOf(jira.get("1"))).code).toBe("DW_TRACKER_UNAUTHORIZED");
    const { jira: quiet } = await at((response, request) =>
      json(request.url?.endsWith("/myself") === true ? 401 : 404, {})(response),
    );
    expect((await errorOf(quiet.get("1"))).code).toBe("DW_TRACKER_UNAUTHORIZED");
  });

  it("names the fields that the project demands, and the setting for them", async () => {
    const errors = { customfield_10010: "Team is required.", labels: "labels cannot be set" };
    const { jira } = await at(json(400, { errorMessages: [], errors }));
    const error = await errorOf(jira.create(issue));
    expect(error.code).toBe("DW_JIRA_FIELD_REQUIRED");
    expect(error.message).toContain("Team is required.");
    expect(error.hint).toMatch(/demands customfield_10010: .*jira\.fields/);
  });

  it("is tried again slowly when it refuses a new issue, for a ticket is never given up", async () => {
    const errors = { priority: "The priority selected is invalid." };
    const { jira } = await at(json(400, { errorMessages: [], errors }));
    const error = await errorOf(jira.create(issue));
    expect(error).toMatchObject({ code: "DW_TRACKER_REFUSED", retryAfterMs: 20_000 });
    expect(error.hint).toMatch(/priority.*jira\.priorities/);
    expect((await errorOf(jira.addComment("1", says("x")))).retryAfterMs).toBeUndefined();
  });

  it("names the project that is not there", async () => {
    const { jira } = await at(
      json(400, { errorMessages: [], errors: { project: "Specify a valid project" } }),
    );
    expect((await errorOf(jira.create(issue))).code).toBe("DW_JIRA_PROJECT_MISSING");
  });
});

describe("an answer that is not Jira's", () => {
  it.each([302, 307])(
    "is an error when it is a redirect (%i), which is not followed",
    async (status) => {
      const { jira, server } = await at((response) => {
        response.writeHead(status, { location: `https://evil.example/login?token=${token}` }).end();
      });
      const error = await errorOf(jira.create(issue));
      expect(error).toMatchObject({ code: "DW_TRACKER_PROTOCOL", status, maybeApplied: false });
      expect(error.message).toContain("a redirect to https://evil.example;");
      expect(server.seen).toHaveLength(1);
    },
  );

  it.each([
    ["a login page", "text/html", "<html>Log in</html>"],
    ["nothing", "application/json", ""],
    ["half of it", "application/json", '{"id":"1"'],
    ["a string", "application/json", '"ok"'],
    ["something else", "application/json", '{"hello":"world"}'],
  ])("is an error when a 200 holds %s", async (_, type, body) => {
    const { jira } = await at((response) => {
      response.writeHead(200, { "content-type": type }).end(body);
    });
    expect(await errorOf(jira.create(issue))).toMatchObject({
      code: "DW_TRACKER_PROTOCOL",
      maybeApplied: true,
      retryable: true,
    });
    expect((await errorOf(jira.comments("1"))).maybeApplied).toBe(false);
  });

  it("is an error when a 200 complains, and its words are kept", async () => {
    const { jira } = await at(json(200, { id: "1", key: "IR-1", errorMessages: ["Not really"] }));
    expect((await errorOf(jira.create(issue))).message).toContain("Not really");
  });

  it("is given up when it is larger than the cap, after little more than the cap was read", async () => {
    let sent = 0;
    const chunk = "x".repeat(65_536);
    const { jira } = await at((response) => {
      response.writeHead(200, { "content-type": "application/json" });
      const more = (): void => {
        if (sent > 300_000_000 || response.destroyed) return;
        sent += chunk.length;
        if (response.write(chunk)) setImmediate(more);
        else response.once("drain", more);
      };
      more();
    });
    const error = await errorOf(jira.create(issue));
    expect(error).toMatchObject({ code: "DW_TRACKER_PROTOCOL", maybeApplied: true });
    expect(error.message).toContain("more than 5000000 bytes");
    expect(sent).toBeLessThan(30_000_000);
  });

  it("does not get the token into our words by echoing it", async () => {
    const { jira } = await at((response, request) => {
      json(400, { errorMessages: [`you sent ${request.headers.authorization} and ${token}`] })(
        response,
      );
    });
    expect((await errorOf(jira.create(issue))).message).toContain("<secret>");
  });
});

describe("a new issue that lacks its labels", () => {
  it("is an error that hands the issue over and says what to change", async () => {
    const fields = { labels: [], status: { statusCategory: { key: "new" } }, resolution: null };
    const { jira } = await at(json(200, { id: "1", key: "IR-1", fields }));
    const error = await errorOf(jira.create(issue));
    expect(error).toMatchObject({ code: "DW_TRACKER_LABEL_NOT_STORED", retryable: false });
    expect(error.message).toContain("IR-1 was created without the labels driftwarden");
    expect(error.hint).toContain("Labels");
    expect(error.issue).toMatchObject({ id: "1", key: "IR-1", done: false });
  });
});

describe("no answer", () => {
  const quick = { deadlineMs: 300 };

  /** The deadline passes when a test says so: a busy machine brings it no nearer. */
  beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
  afterEach(() => void vi.useRealTimers());

  it("ends at the deadline, perhaps applied", async () => {
    const server = new EventEmitter();
    const { jira } = await at(() => void server.emit("asked"), quick);
    const created = once(server, "asked");
    const creating = errorOf(jira.create(issue));
    await created;
    vi.advanceTimersByTime(300);
    expect(await creating).toMatchObject({
      code: "DW_TRACKER_TIMEOUT",
      maybeApplied: true,
      retryable: true,
    });
    const got = once(server, "asked");
    const getting = errorOf(jira.get("1"));
    await got;
    vi.advanceTimersByTime(300);
    expect((await getting).maybeApplied).toBe(false);
  });

  it("ends at the deadline although bytes keep trickling", async () => {
    const server = new EventEmitter();
    const { jira } = await at((response) => {
      const timer = setInterval(() => response.write(" ", () => server.emit("byte")), 20);
      response.once("close", () => clearInterval(timer));
    }, quick);
    const getting = errorOf(jira.get("1"));
    for (let bytes = 0; bytes < 3; bytes += 1) await once(server, "byte");
    vi.advanceTimersByTime(300);
    expect((await getting).code).toBe("DW_TRACKER_TIMEOUT");
  });

  it("is perhaps applied when the connection broke after the request was written", async () => {
    const { jira } = await at((response) => response.socket?.resetAndDestroy());
    expect(await errorOf(jira.addComment("1", says("x")))).toMatchObject({
      code: "DW_TRACKER_UNREACHABLE",
      maybeApplied: true,
    });
  });

  it("is perhaps applied when the connection broke within the answer", async () => {
    const { jira } = await at((response) => {
      response.writeHead(201, { "content-length": "100" });
      response.write("{", () => response.destroy());
    });
    expect(await errorOf(jira.addComment("1", says("x")))).toMatchObject({
      code: "DW_TRACKER_UNREACHABLE",
      maybeApplied: true,
    });
  });

  it("a request is not written when another worker took the effect before the connection stood", async () => {
    const { jira, server } = await at(json(201, { id: "1", body: "x" }));
    const standing = new Promise<void>((resolve) => {
      server.once("connection", resolve);
    });
    const takenOver = async (): Promise<never> => {
      await standing;
      throw new Error("taken over");
    };
    await expect(jira.addComment("1", says("x"), takenOver)).rejects.toThrow("taken over");
    expect(server.seen).toEqual([]);
  });

  it("is over at the deadline, whatever is said afterwards of whose it is", async () => {
    const { jira, server } = await at(json(201, { id: "1", body: "x" }), quick);
    const late = new AbortController();
    const permission = new EventEmitter();
    const asked = once(permission, "asked");
    const asking = errorOf(
      jira.addComment(
        "1",
        says("x"),
        () =>
          new Promise((_resolve, reject) => {
            permission.emit("asked");
            late.signal.addEventListener("abort", () => reject(new Error("taken over")));
          }),
      ),
    );
    await asked;
    vi.advanceTimersByTime(300);
    expect(await asking).toMatchObject({ code: "DW_TRACKER_TIMEOUT", maybeApplied: false });
    // An error that nobody hears would end the process, and this test.
    late.abort();
    await new Promise(setImmediate);
    expect(server.seen).toEqual([]);
  });

  it("is certainly not applied when the connection was refused", async () => {
    const { jira, server } = await at(() => undefined);
    await server[Symbol.asyncDispose]();
    const error = await errorOf(jira.create(issue));
    expect(error).toMatchObject({
      code: "DW_TRACKER_UNREACHABLE",
      maybeApplied: false,
      retryable: true,
    });
    expect(error.message).toContain("ECONNREFUSED");
  });
});
