/** The built daemon, whose store breaks off after the schema was migrated and before everything has started. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createLifecycle } from "../../src/app/lifecycle.ts";
import { systemClock } from "../../src/clock.ts";
import { type CuttingProxy, startCuttingProxy } from "../programs/cutting-proxy.ts";
import { startDaemon } from "../programs/daemon.ts";
import { eventually } from "../programs/eventually.ts";
import { startTestPostgres } from "../programs/postgres.ts";

const lifecycle = createLifecycle({ clock: systemClock, stopDeadlineMs: 30_000 });
let proxy: CuttingProxy;
let configFile: string;

beforeAll(async () => {
  const postgres = await startTestPostgres();
  lifecycle.onStop("postgres", () => postgres.stop());
  const source = await postgres.createSource("explainability");
  const store = new URL((await postgres.createDatabase("driftwarden")).url);
  proxy = await startCuttingProxy(Number(store.port));
  lifecycle.onStop("proxy", () => proxy.stop());
  store.port = String(proxy.port);
  const folder = await mkdtemp(join(tmpdir(), "driftwarden-startup-"));
  lifecycle.onStop("folder", () => rm(folder, { recursive: true, force: true }));
  configFile = join(folder, "driftwarden.yaml");
  const text = `
store: {url: "${store.href}"}
sources: {main: {url: "${source.readonlyUrl}"}}
http: {listen: "127.0.0.1:0"}
`;
  await writeFile(configFile, text, { mode: 0o600 });
});
afterAll(() => lifecycle.stop());

it("a connection that breaks while the daemon starts is waited for, not the end of it", async () => {
  proxy.cutAfter("insert into presence");
  const daemon = await startDaemon(configFile);
  lifecycle.onStop("daemon", async () => void (await daemon.stop()));
  await eventually(async () => {
    expect(daemon.said.filter((line) => line.includes('"msg":"started"'))).toHaveLength(1);
  });
  const waited = daemon.said.filter((line) => line.includes("could not start yet"));
  expect(waited).toHaveLength(1);
  expect(waited[0]).toContain("DW_STORE_UNREACHABLE");
});
