/** What `driftwarden check` says of an Alertmanager that has little to tell. */
import { expect, it, onTestFinished } from "vitest";
import { remediationTypes as remediations } from "../../remediations/index.ts";
import { checksOf } from "../../src/app/check-parts.ts";
import { parseConfig } from "../../src/config/parse.ts";
import { hostileServer } from "../tickets/jira/hostile-server.ts";
import { json } from "../tickets/jira/open-example.ts";

it("an alertmanager: without jira: is doubtful, because no ticket can be overdue", async () => {
  const server = await hostileServer(json(200, { versionInfo: { version: "0.27.0" } }));
  onTestFinished(() => server[Symbol.asyncDispose]());
  const text = `store: {url: postgres://h/d}\nsources: {main: {url: postgres://h/d}}\nalertmanager: {url: "${server.url}"}\n`;
  const checks = checksOf(parseConfig(text, { file: "dw.yaml", remediations }));
  const found = await checks.find(({ part }) => part === "channel:alertmanager")?.look();
  expect(found).toMatchObject([
    { ok: true, doubtful: false, message: expect.stringContaining("0.27.0") },
    { ok: true, doubtful: true, key: "alertmanager", message: expect.stringContaining("jira:") },
  ]);
});
