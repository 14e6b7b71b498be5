/** The built daemon with a tracker and an engine that are not there. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Daemon, startDaemon } from "../programs/daemon.ts";
import { eventually } from "../programs/eventually.ts";
import { startTestPostgres, type TestPostgres } from "../programs/postgres.ts";

let folder = "";
let postgres: TestPostgres;
let daemon: Daemon;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dw-ready-"));
  postgres = await startTestPostgres();
  const source = await postgres.createSource("explainability");
  const store = await postgres.createDatabase("driftwarden");
  const token = join(folder, "token");
  await writeFile(token, "a-token-of-nobody", { mode: 0o600 });
  const configFile = join(folder, "driftwarden.yaml");
  await writeFile(
    configFile,
    `
store: {url: "${store.url}"}
sources: {main: {url: "${source.readonlyUrl}", poll_interval: 200ms}}
jira: {url: "http://127.0.0.1:1", user: bot, token_file: ${token}}
docker: {socket: ${join(folder, "no.sock")}}
fixes: [{name: a, when: {model: m}, do: restart-container, target: {label: app=x}}]
http: {listen: "127.0.0.1:0"}
`,
  );
  daemon = await startDaemon(configFile);
});
afterAll(async () => {
  await daemon.stop();
  await postgres.stop();
  await rm(folder, { recursive: true });
});

it("a daemon whose tracker and engine are away at the start is degraded and ready, and says so (FR-C1)", async () => {
  await eventually(async () => {
    const response = await fetch(`${daemon.url}/-/ready`);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      ready: true,
      degraded: true,
      parts: {
        store: { ok: true, degraded: false, reason: null },
        stream: { ok: true },
        "source:main": { ok: true },
        tracker: { ok: false, degraded: true, reason: expect.stringContaining("ECONNREFUSED") },
        engine: { ok: false, degraded: true, reason: expect.stringContaining("no.sock") },
      },
    });
  });
  const metrics = await (await fetch(`${daemon.url}/metrics`)).text();
  expect(metrics.match(/^driftwarden_dependency_up.*$/gm)?.toSorted()).toEqual([
    'driftwarden_dependency_up{dependency="engine"} 0',
    'driftwarden_dependency_up{dependency="source:main"} 1',
    'driftwarden_dependency_up{dependency="store"} 1',
    'driftwarden_dependency_up{dependency="stream"} 1',
    'driftwarden_dependency_up{dependency="tracker"} 0',
  ]);
});

it("each of them is told by one line without a stack (FR-T7)", async () => {
  const away = (): readonly string[] => daemon.said.filter((line) => line.includes("is away"));
  await eventually(() => expect(away()).toHaveLength(2));
  const dependencies = away().map((line): string => JSON.parse(line).dependency);
  expect(dependencies.toSorted()).toEqual(["engine", "tracker"]);
  expect(daemon.said.join("\n")).not.toContain('"stack"');
});
