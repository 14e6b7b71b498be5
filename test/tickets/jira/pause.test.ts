/** A Jira that wants to be left alone: who waits for which limit, and how a refused login goes on. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { describe, expect, it } from "vitest";
import { paragraph, words } from "../../../src/messages/message.ts";
import { JiraPause } from "../../../src/tickets/jira/pause.ts";
import { at, errorOf, json } from "./open-example.ts";

const says = [[paragraph(words("d"))]];
const rateLimited = (reason: string, headers: Readonly<Record<string, string>> = {}) =>
  json(429, {}, { ...(reason !== "" && { "ratelimit-reason": reason }), ...headers });

/** A Jira that answers so until it is well, and the time of its client. */
async function place(
  answer: (response: ServerResponse) => void,
  token: () => string = () => "a-token-0123456789",
) {
  let nowMs = 0;
  let isIll = true;
  const pause = new JiraPause(() => nowMs);
  const { jira, server } = await at(
    (response) => (isIll ? answer(response) : json(200, { id: "9", body: "d" })(response)),
    { pause, token },
  );
  return {
    jira,
    asked: () => server.seen.length,
    later: (ms: number) => {
      nowMs += ms;
    },
    heal: () => {
      isIll = false;
    },
  };
}

describe("429 and 503 by reason", () => {
  it("the limit of one issue lets everything else be asked", async () => {
    const { jira, asked, heal } = await place(
      rateLimited("jira-per-issue-on-write", { "retry-after": "17" }),
    );
    const error = await errorOf(jira.addComment("1", says));
    expect(error).toMatchObject({ retryAfterMs: 17_000, unavailable: false });
    expect(error.hint).toContain("this ticket waits, and no other");
    heal();
    await jira.addComment("2", says);
    expect(asked()).toBe(2);
  });

  it.each([
    ["a burst that names its end", "jira-burst-based", { "retry-after": "7" }, 7000],
    ["a burst that names none", "jira-burst-based", {}, 2000],
    ["the bucket of Data Center", "", { "retry-after": "3" }, 3000],
    ["the bucket of Data Center that says 0", "", { "retry-after": "0" }, 1],
    ["the quota of the site", "jira-quota-tenant-based", { "retry-after": "1800" }, 1_800_000],
    ["the quota of all", "jira-quota-global-based", { "retry-after": "60" }, 60_000],
  ])("%s: nobody asks until it is over, then everybody may", async (...[, reason, headers, ms]) => {
    const { jira, asked, later, heal } = await place(rateLimited(reason, headers));
    await errorOf(jira.addComment("1", says));
    heal();
    later(ms - 1);
    const error = await errorOf(jira.addComment("2", says));
    expect(error).toMatchObject({
      code: "DW_TRACKER_RATE_LIMITED",
      unavailable: true,
      retryAfterMs: 1,
      maybeApplied: false,
    });
    expect(error.message).toMatch(
      /^commenting on issue 2: not asked now, after commenting on issue 1/,
    );
    expect(asked()).toBe(1);
    later(1);
    await jira.addComment("2", says);
    expect(asked()).toBe(2);
  });

  it("the quota of an hour is said with its end, which its own header may name", async () => {
    const date = "Fri, 27 Nov 2026 10:00:00 GMT";
    const { jira } = await place(
      rateLimited("jira-quota-tenant-based", { date, "x-ratelimit-reset": "2026-11-27T10:20Z" }),
    );
    const error = await errorOf(jira.addComment("1", says));
    expect(error.retryAfterMs).toBe(1_200_000);
    expect(error.message).toMatch(/its quota is used up until \d\d:\d\d UTC/);
    expect(error.hint).toContain("incidents wait");
  });

  it.each([
    ["names a time", { "retry-after": "30" }, 1],
    ["names none", {}, 2],
  ])("503 keeps everybody away when it %s", async (_what, headers, requests) => {
    const { jira, asked } = await place(json(503, {}, headers));
    await errorOf(jira.addComment("1", says));
    await errorOf(jira.addComment("2", says));
    expect(asked()).toBe(requests);
  });
});

describe("a login that is refused", () => {
  const captcha = json(401, {}, { "x-seraph-loginreason": "AUTHENTICATION_DENIED" });
  const cloudCaptcha = json(
    403,
    {},
    { "x-authentication-denied-reason": "CAPTCHA_CHALLENGE; login-url=x" },
  );
  const counted = json(401, {}, { "x-seraph-loginreason": "AUTHENTICATED_FAILED" });

  it.each([
    ["with a CAPTCHA", captcha, "log in once with a browser"],
    ["with a CAPTCHA in the other header", cloudCaptcha, "log in once with a browser"],
    ["and counted by Jira", counted, "tokens expire"],
  ])("%s is tried once in ten minutes, whoever asks", async (_how, answer, hint) => {
    const { jira, asked, later } = await place(answer);
    await errorOf(jira.ping());
    for (let minute = 0; minute < 30; minute += 1) {
      const errors = [await errorOf(jira.ping()), await errorOf(jira.addComment("1", says))];
      for (const error of errors) {
        expect(error).toMatchObject({ code: "DW_TRACKER_UNAUTHORIZED", unavailable: true });
        expect(error.hint).toContain(hint);
      }
      later(60_000);
    }
    expect(asked()).toBe(3);
  });

  it("goes on at once when the file of the token changes", async () => {
    let token = "old-token-0123456789";
    const { jira, asked, heal } = await place(captcha, () => token);
    await errorOf(jira.ping());
    await errorOf(jira.ping());
    heal();
    token = "new-token-0123456789";
    await jira.ping();
    await jira.addComment("1", says);
    expect(asked()).toBe(3);
  });

  it("goes on for everybody when the slow try passes", async () => {
    const { jira, asked, later, heal } = await place(captcha);
    await errorOf(jira.ping());
    heal();
    later(600_000);
    await jira.ping();
    await jira.addComment("1", says);
    expect(asked()).toBe(3);
  });

  it("FR-J3: without Jira's own word it is tried each 5 s for ten minutes, since a proxy may be ill, then each 2 min", async () => {
    const { jira, asked, later } = await place(json(401, {}));
    const requestsIn = async (seconds: number): Promise<number> => {
      const before = asked();
      for (let second = 0; second < seconds; second += 1) {
        await errorOf(jira.ping());
        later(1000);
      }
      return asked() - before;
    };
    expect(await requestsIn(600)).toBe(120);
    await requestsIn(10);
    expect(await requestsIn(1200)).toBe(10);
  });

  it("one try is out at a time: others wait for what comes of it", async () => {
    const waiting: ServerResponse[] = [];
    let isFirst = true;
    const { jira, asked, later } = await place((response) => {
      if (isFirst) captcha(response);
      else waiting.push(response);
      isFirst = false;
    });
    await errorOf(jira.ping());
    later(600_000);
    const trying = jira.ping();
    await expect.poll(() => waiting.length).toBe(1);
    await errorOf(jira.ping());
    expect(asked()).toBe(2);
    json(200, {})(waiting[0]!);
    await trying;
    expect(asked()).toBe(2);
  });
});

const unlessLogin = (response: ServerResponse, request: IncomingMessage): void =>
  json(request.url?.endsWith("/myself") === true ? 200 : 401, { accountId: "a" })(response);

describe("a 401 of one request, where Jira knows the login", () => {
  it("is a right that is missing: it is told so, and nothing else waits for it", async () => {
    const pause = new JiraPause();
    let refuses = true;
    const { jira, server } = await at(
      (response, request) =>
        refuses ? unlessLogin(response, request) : json(200, { id: "9", body: "d" })(response),
      { pause },
    );
    const error = await errorOf(jira.addComment("1", says));
    expect(error).toMatchObject({
      code: "DW_TRACKER_FORBIDDEN",
      status: 401,
      unavailable: false,
      maybeApplied: false,
      hint: expect.stringContaining("write:jira-work"),
    });
    refuses = false;
    await jira.addComment("2", says);
    expect(server.seen.map(({ path }) => path.split("/").at(-1))).toEqual([
      "comment",
      "myself",
      "comment",
    ]);
  });

  it("is no question to Jira where Jira has said that the login failed, because it counts them", async () => {
    const failed = { "x-seraph-loginreason": "AUTHENTICATED_FAILED" };
    const { jira, server } = await at(json(401, {}, failed), { pause: new JiraPause() });
    await errorOf(jira.addComment("1", says));
    expect(server.seen).toHaveLength(1);
  });
});
