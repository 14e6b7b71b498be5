/** What an Alertmanager is told of tickets and questions that are overdue, over real HTTP. */
import { createServer as createTlsServer } from "node:https";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Attempt } from "../../src/outbox/executor.ts";
import { alertmanager } from "../../src/tickets/alertmanager/alertmanager.ts";
import { alertExecutor } from "../../src/tickets/alertmanager/executor.ts";
import { surveyAlertmanager } from "../../src/tickets/alertmanager/survey.ts";
import { alertOf, type Overdue, OverdueWatch } from "../../src/tickets/overdue.ts";
import { fakeClock } from "../fakes/clock.ts";
import { goodPermit } from "../fakes/permit.ts";
import { selfSigned } from "../programs/certificate.ts";
import { silent } from "../programs/store.ts";
import { exampleIncident } from "./example-incident.ts";
import { hostileServer } from "./jira/hostile-server.ts";

const incident = exampleIncident();
const ticket: Overdue = {
  what: "ticket",
  id: "inc-e1:e1:0:ticket.open",
  sinceMs: 1_760_000_000_000,
  detail: "creating an issue in IR: Jira answered 503. It is tried again by itself.",
  subject: incident,
};
const question: Overdue = { ...ticket, what: "question", id: "run-1:KRMT", detail: "KRMT" };
const takenOver = (): Promise<never> => Promise.reject(new Error("taken over"));
const attempt = (number: number): Attempt => ({
  id: "effect-1",
  attempt: number,
  unknown: false,
  mayAct: goodPermit,
});

type Answer = Parameters<typeof hostileServer>[0];

/** An Alertmanager that answers so. */
async function at(answer: Answer) {
  const server = await hostileServer(answer);
  onTestFinished(() => server[Symbol.asyncDispose]());
  return { server, manager: alertmanager({ url: `${server.url}/prefix/`, deadlineMs: 300 }) };
}

const takes: Answer = (response) => response.end();

async function scene(overdue: () => readonly Overdue[]) {
  const { server, manager } = await at(takes);
  const clock = fakeClock(ticket.sinceMs + 400_000);
  const executor = alertExecutor({ alertmanager: manager, list: async () => overdue(), clock });
  const tell = executor.handlers["alertmanager.tell"];
  const posted = () => server.seen.map(({ body }): unknown => JSON.parse(body));
  return { server, clock, tell, posted };
}

describe("an Alertmanager is told what is overdue", () => {
  it("a ticket that is not confirmed, by labels of its own and with what to do next", async () => {
    const { server, tell, posted } = await scene(() => [ticket]);
    await tell(alertOf(ticket).effect, incident, attempt(1));
    expect(server.seen[0]).toMatchObject({ method: "POST", path: "/prefix/api/v2/alerts" });
    expect(posted()).toEqual([
      [
        {
          labels: {
            alertname: "DriftwardenTicketOverdue",
            driftwarden: "ticket",
            severity: "warning",
            priority: "P1",
            incident: String(incident.number),
            tenant: expect.any(String),
            environment: expect.any(String),
            source: expect.any(String),
            model: expect.any(String),
          },
          annotations: {
            summary: expect.stringMatching(/^No ticket since 2025-10-09 08:53 UTC: \[P1\] \S/),
            description: `The tracker has not confirmed the ticket. ${ticket.detail}`,
            next: `driftwarden incidents show ${incident.number}`,
            ...(incident.ticket && { ticket: incident.ticket.url }),
          },
          startsAt: "2025-10-09T08:53:20.000Z",
          endsAt: "2025-10-09T09:05:00.000Z",
        },
      ],
    ]);
  });

  it.each([
    [incident, `driftwarden do ${incident.number} approve`],
    [
      { ...incident, ticket: { id: "1", key: "IR-1", url: "https://jira/browse/IR-1" } },
      "On its ticket, dw approve",
    ],
  ])(
    "a question that nobody answered is told as one, and where it is asked again",
    async (subject, how) => {
      const { tell, posted } = await scene(() => [{ ...question, subject }]);
      await tell(alertOf(question).effect, subject, attempt(1));
      expect(posted()).toMatchObject([
        [
          {
            labels: { alertname: "DriftwardenQuestionUnanswered", driftwarden: "question" },
            annotations: {
              summary: expect.stringMatching(/^No answer since /),
              description: `Nobody answered KRMT. ${how} asks again.`,
            },
          },
        ],
      ]);
    },
  );

  it("is told again each minute, before it takes the alert for over, and told when it is over", async () => {
    let overdue: readonly Overdue[] = [ticket];
    const { clock, tell, posted } = await scene(() => overdue);
    const { effect } = alertOf(ticket);
    const again = await tell(effect, incident, attempt(1));
    expect(again).toMatchObject({ askAgainInMs: 60_000 });
    await clock.advance(60_000);
    await tell(effect, incident, attempt(2));
    overdue = [];
    await clock.advance(60_000);
    expect(await tell(effect, incident, attempt(3))).toEqual([]);
    const ends = [
      "2025-10-09T09:05:00.000Z",
      "2025-10-09T09:06:00.000Z",
      "2025-10-09T09:02:00.000Z",
    ];
    expect(posted()).toMatchObject(ends.map((endsAt) => [{ endsAt, labels: effect.labels }]));
  });

  it("is told nothing of what was over before it was asked", async () => {
    const { tell, posted } = await scene(() => []);
    expect(await tell(alertOf(ticket).effect, incident, attempt(1))).toMatchObject({
      contacted: false,
    });
    expect(posted()).toEqual([]);
  });

  it("a rise in severity is an alert of its own, and ends the one before", async () => {
    const worse: Overdue = { ...ticket, subject: { ...incident, severity: "P0" } };
    const { tell, posted } = await scene(() => [worse]);
    expect(alertOf(worse).id).not.toBe(alertOf(ticket).id);
    await tell(alertOf(ticket).effect, worse.subject, attempt(2));
    await tell(alertOf(worse).effect, worse.subject, attempt(1));
    expect(posted()).toMatchObject([
      [{ labels: { severity: "warning" }, endsAt: "2025-10-09T09:00:00.000Z" }],
      [{ labels: { severity: "critical" }, endsAt: "2025-10-09T09:05:00.000Z" }],
    ]);
  });

  it("nothing is posted by a process that may not act", async () => {
    const { tell, posted } = await scene(() => [ticket]);
    const given = { ...attempt(1), mayAct: takenOver };
    await expect(tell(alertOf(ticket).effect, incident, given)).rejects.toThrow("taken over");
    expect(posted()).toEqual([]);
  });
});

const page: Answer = (response) => response.setHeader("content-type", "text/html").end("<html>");
const status =
  (code: number, headers: Readonly<Record<string, string>> = {}): Answer =>
  (response) =>
    response.writeHead(code, headers).end("words");

describe("an Alertmanager that does not take an alert is asked again, and the reason is said", () => {
  it.each([
    ["a refused alert", status(400), "REFUSED", "answered 400"],
    ["another program", status(404), "REFUSED", "answered 404"],
    ["a login", status(401), "UNAUTHORIZED", "answered 401"],
    ["a proxy that forbids", status(403), "UNAUTHORIZED", "answered 403"],
    ["a limit", status(429, { "retry-after": "7" }), "UNAVAILABLE", "answered 429"],
    ["a server that is ill", status(500), "UNAVAILABLE", "answered 500"],
    ["a redirect", status(302, { location: "http://127.0.0.1:1/" }), "PROTOCOL", "answered 302"],
    ["a page with 200", page, "PROTOCOL", "a page answers in its place"],
    ["no answer in time", () => undefined, "TIMEOUT", "no complete answer within 0.3 s"],
    ["a broken connection", (r) => r.destroy(), "UNREACHABLE", "ECONNRESET"],
  ] as const satisfies readonly (readonly [string, Answer, string, string])[])(
    "%s",
    async (...[, answer, code, says]) => {
      const { manager, server } = await at(answer);
      const alert = { labels: {}, annotations: {}, startsAtMs: 0, endsAtMs: 1 };
      const error: unknown = await manager.post(alert).catch((reason: unknown) => reason);
      expect(error).toMatchObject({
        code: `DW_ALERTMANAGER_${code}`,
        message: expect.stringContaining(says),
        hint: expect.stringMatching(/\.$/),
        // One that refuses an alert may take the others, so it is not left alone for that.
        unavailable: code !== "REFUSED",
        retryable: true,
        retryAfterMs: code === "UNAVAILABLE" && says.endsWith("429") ? 7000 : undefined,
      });
      expect(server.seen).toHaveLength(1);
    },
  );

  it("a certificate of a private authority is trusted when ca_file names it, and not before", async () => {
    const server = createTlsServer({ key: selfSigned.key, cert: selfSigned.cert }, (_, response) =>
      response.end(JSON.stringify({ versionInfo: { version: "0.27.0" } })),
    );
    await new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", resolve);
    });
    onTestFinished(() => void server.close());
    const address = server.address();
    const url = `https://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
    await expect(alertmanager({ url }).status()).rejects.toMatchObject({
      code: "DW_ALERTMANAGER_UNREACHABLE",
      hint: expect.stringContaining("alertmanager.ca_file"),
    });
    expect(await alertmanager({ url, ca: () => selfSigned.cert }).status()).toBe("0.27.0");
  });

  it.each([
    ["a bearer's", undefined, "Bearer s3cret"],
    ["a user's", "bot", `Basic ${Buffer.from("bot:s3cret").toString("base64")}`],
  ])("the token is %s, read at each request", async (_whose, user, authorization) => {
    const { server } = await at((response) =>
      response.end(JSON.stringify({ versionInfo: { version: "1" } })),
    );
    let secret = "old\n";
    const manager = alertmanager({ url: server.url, user, token: () => secret });
    await manager.status();
    secret = "s3cret\n";
    await manager.status();
    expect(server.seen[1]?.headers.authorization).toBe(authorization);
  });
});

it("a token that no header can hold is said to be the token's fault, and is not shown", async () => {
  const { server } = await at(takes);
  const manager = alertmanager({ url: server.url, token: () => "s3cret\nof two lines" });
  const error: unknown = await manager.status().catch((reason: unknown) => reason);
  expect(error).toMatchObject({
    code: "DW_ALERTMANAGER_UNAUTHORIZED",
    hint: expect.stringContaining("alertmanager.token_file"),
  });
  expect(String(error)).not.toContain("s3cret");
  expect(server.seen).toEqual([]);
});

describe("`check` asks the Alertmanager", () => {
  it("for its version", async () => {
    const { manager } = await at((response) =>
      response.end(JSON.stringify({ versionInfo: { version: "0.27.0" } })),
    );
    expect(await surveyAlertmanager(manager, "http://am:9093")).toMatchObject([
      { ok: true, message: "http://am:9093, version 0.27.0" },
    ]);
  });

  it("and says what is wrong with what answers in its place", async () => {
    const { manager } = await at((response) => response.end("{}"));
    expect(await surveyAlertmanager(manager, "http://am:9093")).toMatchObject([
      { ok: false, code: "DW_ALERTMANAGER_PROTOCOL", key: "alertmanager.url" },
    ]);
  });
});

const watching = async (...overdue: readonly Overdue[]): Promise<OverdueWatch> => {
  const watch = new OverdueWatch({
    list: async () => overdue,
    clock: fakeClock(),
    logger: silent,
  });
  await watch.look();
  return watch;
};

describe("what is overdue is said by the daemon itself", () => {
  it("nothing is said while nothing is overdue", async () => {
    const watch = await watching();
    expect(watch.reason).toBeUndefined();
    expect([...watch.counts()]).toEqual([
      ["ticket", 0],
      ["question", 0],
    ]);
  });

  it("each kind once, with the oldest and why", async () => {
    const watch = await watching(ticket, question, { ...ticket, id: "other" });
    expect(watch.reason).toBe(
      `2 tickets are overdue: the tracker has not confirmed that of #${incident.number} since 2025-10-09 08:53 UTC (${ticket.detail}); ` +
        `a question is unanswered: KRMT on #${incident.number} could be answered until 2025-10-09 08:53 UTC`,
    );
    expect([...watch.counts().values()]).toEqual([2, 1]);
  });

  it("what was known stays while the store cannot be asked", async () => {
    let up = true;
    const list = async (): Promise<readonly Overdue[]> => {
      if (!up) throw new Error("away");
      return [ticket];
    };
    const watch = new OverdueWatch({ list, clock: fakeClock(), logger: silent });
    await watch.look();
    up = false;
    await expect(watch.look()).rejects.toThrow("away");
    expect(watch.reason).toContain("overdue");
  });
});
