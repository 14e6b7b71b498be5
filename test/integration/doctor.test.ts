/** `driftwarden doctor` on a real store and source: every line of a database is told, and nothing is written. */
import { describe, expect, it, onTestFinished } from "vitest";
import { remediationTypes as remediations } from "../../remediations/index.ts";
import { doctorChecksOf } from "../../src/app/check-parts.ts";
import { parseConfig } from "../../src/config/parse.ts";
import type { CheckFinding } from "../../src/finding.ts";
import { startSandboxAlone } from "../../src/sandbox/jira/alone.ts";
import { insertFreeze } from "../../src/store/freezes/freeze.ts";
import { migrations } from "../../src/store/migrations/migrate.ts";
import { announceSettings } from "../../src/store/settings/process-settings.ts";
import { madeUpMachine } from "../machine/made-up-machine.ts";
import { sql } from "../programs/postgres.ts";
import { withStore } from "../programs/store.ts";
import { hostileServer } from "../tickets/jira/hostile-server.ts";

const stores = withStore();
const fix = `docker: {socket: /nowhere/docker.sock}
fixes: [{name: restart-svc, when: {feature: cpu}, do: restart-container, target: {label: app=x}, mode: auto, cooldown: 30m, max_runs: 3 per 1d}]
`;

type Told = CheckFinding & { readonly part: string };

interface Asked {
  readonly schema: string;
  readonly more?: string;
  readonly send?: string;
}

let source = "";
async function sourceUrl(): Promise<string> {
  if (source === "") source = (await stores.postgres.createSource("explained")).readonlyUrl;
  return source;
}

async function doctor({ schema, more = "", send }: Asked): Promise<readonly Told[]> {
  const text = `store: {url: "${stores.url}", schema: ${schema}}
sources: {main: {url: "${await sourceUrl()}"}}
${more}`;
  const config = parseConfig(text, { file: "dw.yaml", remediations });
  const parts = doctorChecksOf(config, {}, { send, machine: madeUpMachine() });
  if (parts === undefined) throw new Error(`${send} is not configured`);
  const found = parts.map(async ({ part, look }) =>
    (await look()).map((finding) => ({ ...finding, part })),
  );
  return (await Promise.all(found)).flat();
}

const red = (told: readonly Told[]): readonly Told[] =>
  told.filter(({ ok, doubtful }) => !ok || doubtful);

describe("driftwarden doctor", () => {
  it("looks at a store that is not made yet, and makes nothing", async () => {
    const told = await doctor({ schema: "doctor_new", more: fix });
    expect(told).toContainEqual(
      expect.objectContaining({ part: "store", check: "schema", ok: true, doubtful: false }),
    );
    expect(told.filter(({ check }) => check === "clock")).toMatchObject([
      { part: "machine", doubtful: false },
      { part: "store", doubtful: false, message: "the clock agrees with the store's" },
      { part: "source:main", doubtful: false, message: "the clock agrees with the source's" },
    ]);
    const made = "select 1 from pg_namespace where nspname = 'doctor_new'";
    expect(await sql(stores.url, made)).toEqual([]);
  });

  it("is green on a store that fits, but for what is named", async () => {
    await stores.open({ schema: "doctor_right" });
    const told = await doctor({ schema: "doctor_right" });
    expect(red(told)).toMatchObject([{ part: "source:main", check: "rows" }]);
    const checks = told.filter(({ part }) => part === "store").map(({ check }) => check);
    expect(checks).toEqual(["rights", "clock", "schema", "size", "group"]);
  });

  it("says that an older schema is migrated at the next start, and does not migrate it", async () => {
    const store = await stores.open({ schema: "doctor_older" });
    await store.query("update meta set version = version - 1");
    const told = red(await doctor({ schema: "doctor_older", more: fix }));
    expect(told).toContainEqual(
      expect.objectContaining({
        part: "store",
        check: "schema",
        message: expect.stringContaining(`from ${migrations.length - 1} to ${migrations.length}`),
      }),
    );
    const [meta] = await store.query<{ version: number }>("select version from meta");
    expect(meta?.version).toBe(migrations.length - 1);
  });

  it("names old rows, a process with other settings, and what a fix would meet now", async () => {
    const store = await stores.open({ schema: "doctor_red" });
    const settings = { owner: "vm-7", hash: "other", olderHash: "other", loadedAtMs: undefined };
    await announceSettings(store, settings, 60_000);
    await store.query(
      `insert into outbox (incident, id, lane, effect, timer, status, created_at_ms, due_at_ms)
       values ('inc', 'e', 'ticket', '{}', false, 'done', 0, 0)`,
    );
    const nowMs = Date.now();
    const freeze = {
      id: "cli:1",
      name: "release",
      reason: "r",
      by: "sarah",
      atMs: nowMs - 60_000,
      declaredAtMs: nowMs - 60_000,
      untilMs: nowMs + 3_600_000,
      matchers: {},
      endedAtMs: null,
      endedBy: null,
    };
    await store.transaction((tx) => insertFreeze(tx, freeze));
    const before = await store.query("select seq from journal_head");
    const told = red(await doctor({ schema: "doctor_red", more: fix }));
    expect(told).toContainEqual(
      expect.objectContaining({ check: "size", message: expect.stringContaining("outbox") }),
    );
    expect(told).toContainEqual(
      expect.objectContaining({ check: "group", message: expect.stringContaining("vm-7") }),
    );
    expect(told).toContainEqual(
      expect.objectContaining({
        part: "fixes",
        check: "gates",
        message: expect.stringContaining('the freeze "release" by sarah'),
      }),
    );
    expect(await store.query("select seq from journal_head")).toEqual(before);
  });

  it("says of a database that does not answer that each of its lines fails, and ends", async () => {
    const text = `store: {url: "postgres://app@127.0.0.1:1/x"}\nsources: {main: {url: "postgres://app@127.0.0.1:1/x"}}\n`;
    const config = parseConfig(text, { file: "dw.yaml", remediations });
    const parts = doctorChecksOf(config, {}, { machine: madeUpMachine() }) ?? [];
    const told = (await Promise.all(parts.map(({ look }) => look()))).flat();
    const codes = told.filter(({ ok }) => !ok).map(({ code }) => code);
    expect(codes.filter((code) => code === "DW_STORE_UNREACHABLE")).toHaveLength(2);
    expect(codes.filter((code) => code === "DW_SOURCE_UNREACHABLE")).toHaveLength(2);
  });
});

describe("driftwarden doctor --send", () => {
  it("posts one alert that ends by itself, and none without being asked", async () => {
    const posted: string[] = [];
    const server = await hostileServer((response, { method }, body) => {
      if (method === "POST") posted.push(body);
      response.writeHead(200, { "content-type": "application/json" });
      response.end(method === "POST" ? "" : '{"versionInfo":{"version":"0.27.0"}}');
    });
    onTestFinished(() => server[Symbol.asyncDispose]());
    const more = `alertmanager: {url: "${server.url}"}\n`;
    await doctor({ schema: "doctor_new", more });
    expect(posted).toEqual([]);
    const told = await doctor({ schema: "doctor_new", more, send: "alertmanager" });
    expect(told).toContainEqual(expect.objectContaining({ check: "sent", ok: true }));
    const [alert] = JSON.parse(posted[0] ?? "[]");
    expect(posted).toHaveLength(1);
    expect(alert).toMatchObject({ labels: { alertname: "DriftwardenTest", severity: "info" } });
    expect(Date.parse(alert.endsAt) - Date.parse(alert.startsAt)).toBe(300_000);
  });

  it("creates one issue at Jira and closes it, with no label of a real ticket", async () => {
    const jira = await startSandboxAlone({
      port: 0,
      deployment: "Cloud",
      project: "IR",
      indexLagMs: 0,
    });
    onTestFinished(() => jira.stop());
    const more = `jira: {url: "${jira.url}", user: "${jira.user}", token_file: ${jira.tokenFile}, project: IR, issue_type: Bug}\n`;
    const told = await doctor({ schema: "doctor_new", more, send: "jira" });
    const sent = told.filter(({ check }) => check === "sent");
    expect(sent).toMatchObject([{ part: "tracker", ok: true, doubtful: false }]);
    expect(sent[0]?.message).toMatch(/^IR-1 was created and closed: http/);
  });
});
