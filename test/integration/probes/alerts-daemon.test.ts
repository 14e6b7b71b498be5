/** The daemon, from its configuration, takes an alert and shows its incident (A10, B31). */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { expect, it, onTestFinished } from "vitest";
import { startApp } from "../../../src/app/app.ts";
import { registries } from "../../../src/app/registries.ts";
import { parseConfig } from "../../../src/config/parse.ts";
import { eventually } from "../../programs/eventually.ts";
import { sql, startTestPostgres } from "../../programs/postgres.ts";

/** With two senders, one service, and a severity of its own. */
async function configuration(): Promise<string> {
  const postgres = await startTestPostgres();
  onTestFinished(() => postgres.stop());
  const source = (await postgres.createDatabase("rows")).url;
  await sql(
    source,
    `create table explainability_metrics
      (timestamp timestamptz, model text, feature_name text, importance float8)`,
  );
  const folder = await mkdtemp(join(tmpdir(), "driftwarden-alerts-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const name of ["am", "reader"])
    await writeFile(join(folder, name), `token-of-${name}\n`, { mode: 0o600 });
  return `
store: {url: "${(await postgres.createDatabase("store")).url}"}
sources: {main: {url: "${source}", columns: {model: model}}}
people:
  am: {token_file: ${folder}/am, scopes: [propose], machine: true}
  reader: {token_file: ${folder}/reader, scopes: [read]}
services:
  openclaw: {environment: test, alerts: {job: gateway}}
alerts: {severity_map: {Page: P0}}
http: {listen: "127.0.0.1:0"}
`;
}

it("takes an alert for a service by its labels, with the severity of severity_map, and counts it", async () => {
  const config = parseConfig(await configuration(), {
    file: "dw.yaml",
    remediations: registries.remediations,
  });
  const app = await startApp(config, { logger: pino({ level: "silent" }) });
  onTestFinished(() => app.stop());
  const post = (who: string) =>
    fetch(`${app.url}/api/v1/alerts`, {
      method: "POST",
      headers: { authorization: `Bearer token-of-${who}` },
      body: JSON.stringify({
        version: "4",
        alerts: [
          { status: "firing", labels: { alertname: "Slow", job: "gateway", severity: "page" } },
        ],
      }),
    });
  expect((await post("reader")).status).toBe(403);
  const answer = await post("am");
  expect(await answer.json()).toEqual({
    alerts: [{ name: "Slow", service: "openclaw", became: "opened", detail: null }],
  });
  const read = async (path: string) => (await fetch(`${app.url}${path}`)).text();
  await eventually(async () => {
    expect(JSON.parse(await read("/api/v1/incidents"))).toMatchObject({
      items: [
        {
          severity: "P0",
          subject: { name: "openclaw", key: "default/test//openclaw" },
          members: { items: [{ kind: "alert", detected_by: "alert" }] },
        },
      ],
    });
  });
  expect(await read("/metrics")).toContain('driftwarden_alerts_total{outcome="opened"} 1');
});
