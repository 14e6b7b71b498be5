/** Files that are renewed while the daemon runs: tokens of people, and certificates of private authorities. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Logger, pino } from "pino";
import { Registry } from "prom-client";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { remediationTypes as remediations } from "../../remediations/index.ts";
import { openAlertmanager } from "../../src/app/alertmanager.ts";
import { buildCommandWrite } from "../../src/app/commands.ts";
import { jiraOptions } from "../../src/app/ticketing.ts";
import { parseConfig } from "../../src/config/parse.ts";
import type { Config } from "../../src/config/schema.ts";
import { openJira } from "../../src/tickets/jira/jira.ts";
import { ticketsMetrics } from "../../src/tickets/metrics.ts";
import { selfSigned } from "../programs/certificate.ts";
import { authority } from "../programs/kafka-certificates.ts";
import { silent } from "../programs/store.ts";

let file = "";
beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), "driftwarden-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  file = join(folder, "renewed");
});

const write = (text: string): void => writeFileSync(file, text, { mode: 0o600 });

function configWith(sections: object): Config {
  const text = JSON.stringify({
    store: { url: "postgres://h/d" },
    sources: { main: {} },
    ...sections,
  });
  return parseConfig(text, { file: "dw.yaml", remediations });
}

function personOfToken(logger: Logger): (token: string) => string | undefined {
  const config = configWith({ people: { sarah: { token_file: file } } });
  const commands = buildCommandWrite({ config, logger }, () => {
    throw new TypeError("no store is needed");
  });
  return (token) => commands.personOf(token);
}

describe("the token of a person", () => {
  it("counts as soon as it is renewed; the one before counts no more, nor does any while the file is gone", () => {
    const lines: string[] = [];
    const logger = pino({}, { write: (line: string) => void lines.push(line) });
    write("first");
    const personOf = personOfToken(logger);
    expect([personOf("first"), personOf("second")]).toEqual(["sarah", undefined]);
    write("second");
    expect([personOf("first"), personOf("second")]).toEqual([undefined, "sarah"]);
    rmSync(file);
    expect([personOf("first"), personOf("second")]).toEqual([undefined, undefined]);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/"person":"sarah".*"msg":"token of a person cannot be read/);
    write("second");
    expect(personOf("second")).toBe("sarah");
    expect(lines[1]).toContain("token of a person is read again");
  });

  it("that cannot be read at the start fails it", () => {
    expect(() => personOfToken(silent)).toThrow("reading a secret: cannot be read");
  });
});

/** A server whose certificate nobody trusts yet. It answers as Jira and as an Alertmanager. */
async function site(): Promise<string> {
  const server = createServer(selfSigned, (_, response) => {
    const all = { accountId: "1", displayName: "bot", versionInfo: { version: "0.27.0" } };
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(all));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return `https://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
}

async function askJira(url: string): Promise<() => Promise<unknown>> {
  const section = {
    url,
    user: "u",
    token_file: file,
    project: "IR",
    issue_type: "Bug",
    ca_file: file,
  };
  const { jira } = configWith({ jira: section });
  if (jira === undefined) throw new TypeError("there is no jira");
  const parts = { logger: silent, metrics: ticketsMetrics(new Registry()), environment: {} };
  const opened = openJira({ ...jiraOptions(jira, parts), token: "t" });
  return () => opened.ping();
}

async function askAlertmanager(url: string): Promise<() => Promise<unknown>> {
  const opened = openAlertmanager(configWith({ alertmanager: { url, ca_file: file } }), {});
  if (opened === undefined) throw new TypeError("there is no alertmanager");
  return () => opened.status();
}

describe("the certificate of a private authority", () => {
  it.each([
    ["Jira", askJira],
    ["an Alertmanager", askAlertmanager],
  ])(
    "of %s counts as soon as it is renewed, and nothing is sent while its file is gone",
    async (_, opened) => {
      write(authority);
      const ask = await opened(await site());
      await expect(ask()).rejects.toThrow("SELF_SIGNED_CERT");
      write(selfSigned.cert);
      await ask();
      rmSync(file);
      await expect(ask()).rejects.toThrow("reading a certificate: cannot be read");
    },
  );
});
