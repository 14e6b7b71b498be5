/** Alerts on a real store, from a real Alertmanager, and in a storm (A10, A11, B31, C5, C6, C20, C26, C27). */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { systemClock } from "../../../src/clock.ts";
import type { RecordOptions } from "../../../src/incidents/record-events.ts";
import type { AlertedService } from "../../../src/probes/intake/alert.ts";
import { type AlertOutcome, alertWrite } from "../../../src/probes/intake/http.ts";
import { verifyJournal } from "../../../src/store/journal/verify.ts";
import type { Store } from "../../../src/store/store.ts";
import { startServer } from "../../fakes/raw-client.ts";
import { alertmanagerTestable, startAlertmanager } from "../../programs/alertmanager.ts";
import { allDone } from "../../programs/effects.ts";
import { eventually, until } from "../../programs/eventually.ts";
import { recording, startTickets } from "../../programs/probing.ts";
import { withStore } from "../../programs/store.ts";

const stores = withStore();

const configured = (name: string): AlertedService => ({
  subject: { kind: "service", tenant: "default", environment: "production", name },
  isProbed: false,
  background: false,
  labels: undefined,
});

interface Doors {
  readonly services?: readonly AlertedService[];
  readonly settings?: Partial<RecordOptions["settings"]>;
}

/** The door of the product, for a machine `am`, a person `sarah`, and `reader`, who may only read. */
async function open(store: Store, { services = [configured("openclaw")], settings }: Doors = {}) {
  const outcomes = new Map<AlertOutcome, number>();
  const server = await startServer({
    writes: [
      alertWrite({
        tokens: () => new Map(["am", "sarah", "reader"].map((name) => [`token-of-${name}`, name])),
        senders: [
          { name: "am", mayPropose: true, isMachine: true },
          { name: "sarah", mayPropose: true, isMachine: false },
          { name: "reader", mayPropose: false, isMachine: false },
        ],
        settings: {
          services,
          severities: { critical: "P0", warning: "P1", info: "P2", none: "ignore" },
          fingerprintLabels: ["alertname", "service", "instance"],
        },
        recording: () => ({
          store,
          clock: systemClock,
          recording: { ...recording, settings: { ...recording.settings, ...settings } },
        }),
        onTaken: (outcome) => outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1),
      }),
    ],
  });
  const post = async (who: string, body: string) => {
    const answer = await fetch(`${server.url}/api/v1/alerts`, {
      method: "POST",
      body,
      headers: { authorization: `Bearer token-of-${who}` },
    });
    return { status: answer.status, body: await answer.json() };
  };
  return { post, outcomes, url: server.url };
}

const startsAt = new Date(Date.now() - 60_000).toISOString();
const alert = (labels: object, status: "firing" | "resolved" = "firing") => ({
  status,
  labels: { alertname: "Slow", service: "openclaw", severity: "critical", ...labels },
  annotations: { summary: "it answers after 12 s", runbook_url: "https://wiki.example.com/slow" },
  startsAt,
  endsAt: status === "resolved" ? new Date().toISOString() : "0001-01-01T00:00:00Z",
});
const webhook = (...alerts: readonly object[]) => JSON.stringify({ version: "4", alerts });
const became = (...all: readonly string[]) => ({
  status: 200,
  body: { alerts: all.map((one) => expect.objectContaining({ became: one })) },
});

const incidents = (store: Store) =>
  store.query<{ state: string; severity: string; occurrences: number; service: string }>(`
    select state, severity, (document ->> 'occurrences')::int as occurrences,
      document -> 'service' ->> 'name' as service
    from incidents where document -> 'service' is not null order by number`);

const block = `[P1] Agent: openclaw | Service: telegram-handler
Summary: It answers in the wrong language`;

const code = (wanted: string) => expect.objectContaining({ code: wanted });

describe("alerts of a service", () => {
  it("have one ticket, however often the same body comes, and it is over when they are", async () => {
    const store = await stores.open();
    const jira = await startTickets(store);
    const { post } = await open(store);
    expect(await post("am", webhook(alert({})))).toEqual(became("opened"));
    expect(await post("am", webhook(alert({})))).toEqual(became("repeated"));
    expect(await post("am", webhook(alert({ instance: "b" })))).toEqual(became("joined"));
    await until(async () => jira.issues().length > 0 && (await allDone(store)));
    const [ticket] = jira.issues();
    expect(ticket?.summary).toBe("[P0] openclaw: has an alert");
    const text = ticket?.description?.replaceAll("\\", "");
    for (const said of [
      "an alert of another program",
      "it answers after 12 s",
      "wiki.example.com/slow",
    ])
      expect(text).toContain(said);
    const ends = [alert({}, "resolved"), alert({ instance: "b" }, "resolved")];
    expect(await post("am", webhook(...ends))).toEqual(became("resolved", "resolved"));
    expect(await post("am", webhook(...ends))).toEqual(became("ignored", "ignored"));
    expect(await post("am", webhook(alert({})))).toEqual(became("ignored"));
    await until(async () => jira.issues()[0]?.status.name === "Done" && (await allDone(store)));
    expect(jira.issues()).toHaveLength(1);
    expect(await incidents(store)).toMatchObject([{ state: "resolved", severity: "P0" }]);
    expect(await verifyJournal(store)).toMatchObject({ ok: true });
  });

  it("are a report where a person writes the six lines, and join what is open", async () => {
    const store = await stores.open();
    const { post } = await open(store);
    await post("sarah", block);
    expect(await post("am", webhook(alert({})))).toEqual(became("joined"));
    const found = await store.query<{ document: object }>("select document from incidents");
    expect(found).toMatchObject([{ document: { kinds: ["report", "alert"], severity: "P0" } }]);
    expect(await post("sarah", block.replace("[P1]", "[RESOLVED]"))).toEqual(became("resolved"));
    expect(await incidents(store)).toMatchObject([{ state: "open" }]);
  });

  it("sent at the same time are one incident", async () => {
    const store = await stores.open();
    const { post, outcomes } = await open(store);
    await Promise.all(Array.from({ length: 12 }, () => post("am", webhook(alert({})))));
    expect(Object.fromEntries(outcomes)).toEqual({ opened: 1, repeated: 11 });
    expect(await incidents(store)).toMatchObject([{ occurrences: 1 }]);
  });

  it("that cannot be read, or are our own, open nothing and lose no other", async () => {
    const store = await stores.open();
    const { post } = await open(store);
    const own = alert({ alertname: "DriftwardenTicketOverdue", driftwarden: "ticket" });
    expect(await post("am", webhook(own, { status: "odd" }, alert({})))).toEqual(
      became("ignored", "refused", "opened"),
    );
    expect(await incidents(store)).toHaveLength(1);
  });

  it("need a token with the scope propose, and a body that is not too large", async () => {
    const store = await stores.open();
    const { post } = await open(store);
    expect(await post("reader", webhook(alert({})))).toEqual({
      status: 403,
      body: code("DW_HTTP_SCOPE"),
    });
    expect(await post("nobody", webhook(alert({})))).toEqual({
      status: 401,
      body: code("DW_HTTP_TOKEN"),
    });
    expect(await post("am", "?")).toEqual({ status: 400, body: code("DW_HTTP_QUERY") });
    const large = webhook(alert({ pad: "x".repeat(256 * 1024) }));
    expect(await post("am", large)).toEqual({ status: 413, body: code("DW_HTTP_MALFORMED") });
    expect(await incidents(store)).toEqual([]);
  });
});

describe("a storm of 10,000 alerts", () => {
  it("has bounded tickets, and each alert is counted", async () => {
    const store = await stores.open();
    const maxNewTickets = { count: 20, windowMs: 3_600_000 };
    const names = Array.from({ length: 10 }, (_, n) => `known-${n}`);
    const { post, outcomes } = await open(store, {
      services: names.map(configured),
      settings: { maxNewTickets },
    });
    // 5,000 of ten services, each with 250 alerts twice, and 5,000 of 200 that nobody configured.
    const storm = Array.from({ length: 10_000 }, (_, n) =>
      n % 2 === 0
        ? alert({ service: `known-${(n / 2) % 10}`, alertname: `A${Math.floor(n / 20) % 250}` })
        : alert({ service: `unknown-${Math.floor(n / 50)}`, alertname: `B${n}` }),
    );
    for (let from = 0; from < storm.length; from += 500)
      expect((await post("am", webhook(...storm.slice(from, from + 500)))).status).toBe(200);
    const counted = [...outcomes.values()].reduce((sum, count) => sum + count, 0);
    expect(counted).toBe(10_000);
    expect(outcomes.get("opened")).toBe(210);
    expect([...outcomes.keys()]).not.toContain("refused");
    const [tickets] = await store.query<{ count: number }>(
      "select count(*)::int as count from outbox where effect ->> 'kind' = 'ticket.open'",
    );
    // The budget, the P0 of configured services beside it, and one digest for all others.
    expect(tickets?.count).toBeLessThanOrEqual(maxNewTickets.count + names.length + 1);
    expect(await incidents(store)).toHaveLength(210);
    expect(await verifyJournal(store)).toMatchObject({ ok: true });
  });
});

/** The configuration that docs/how-to/alerts.md prints, with the address and the token of a test. */
async function printedConfiguration(url: string): Promise<string> {
  const page = await readFile("docs/how-to/alerts.md", "utf8");
  const printed = /```yaml\n(route:[^`]+)```/.exec(page)?.[1] ?? "";
  const folder = await mkdtemp(join(tmpdir(), "driftwarden-alerts-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const token = join(folder, "token");
  await writeFile(token, "token-of-am");
  return printed
    .replace("http://127.0.0.1:9642", url)
    .replace("/etc/alertmanager/driftwarden-token", token)
    .replace("group_wait: 10s", "group_wait: 100ms")
    .replace("group_interval: 1m", "group_interval: 500ms");
}

describe.runIf(await alertmanagerTestable())(
  "a real Alertmanager, as the page configures it",
  () => {
    it("opens an incident with what it fires, and ends it", async () => {
      const store = await stores.open();
      const { url } = await open(store);
      const manager = await startAlertmanager(await printedConfiguration(url));
      onTestFinished(() => manager.stop());
      const tell = async (endsAt: number) => {
        const labels = { alertname: "Slow", service: "openclaw", severity: "warning" };
        const told = { labels, startsAt, endsAt: new Date(endsAt).toISOString() };
        const answer = await fetch(`${manager.url}/api/v2/alerts`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify([told]),
        });
        expect(answer.status).toBe(200);
      };
      await tell(Date.now() + 600_000);
      await eventually(async () =>
        expect(await incidents(store)).toMatchObject([{ state: "open", severity: "P1" }]),
      );
      await tell(Date.now());
      await eventually(async () =>
        expect(await incidents(store)).toMatchObject([{ state: "recovered" }]),
      );
    });
  },
);
