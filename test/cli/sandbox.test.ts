import { EventEmitter, once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { describe, expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { remediationTypes as remediations } from "../../remediations/index.ts";
import type { Cli } from "../../src/cli/cli.ts";
import { registerSandbox } from "../../src/cli/sandbox.ts";
import { parseConfig } from "../../src/config/parse.ts";
import { DriftwardenError } from "../../src/errors.ts";

const printed = z.strictObject({
  url: z.url(),
  user: z.string(),
  token_file: z.string(),
  people: z.array(z.strictObject({ name: z.string(), account_id: z.string(), token: z.string() })),
  webhook_secret_file: z.string().optional(),
});

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

interface Running {
  readonly first: Promise<string>;
  readonly ended: Promise<void>;
  readonly stop: () => void;
}

function start(...args: readonly string[]): Running {
  const stopping = new AbortController();
  const lines = new EventEmitter();
  const first = once(lines, "line").then(([line]: unknown[]) => String(line));
  const cli: Cli = {
    print: (line) => void lines.emit("line", line),
    say: () => undefined,
    exitWith: () => undefined,
    stopSignal: () => stopping.signal,
  };
  const program = new Command().exitOverride();
  registerSandbox(program, cli);
  const ended = program
    .parseAsync(["sandbox", "jira", ...args], { from: "user" })
    .then(() => undefined);
  onTestFinished(() => stopping.abort());
  return { first, ended, stop: () => stopping.abort() };
}

describe("driftwarden sandbox jira", () => {
  it.each(["cloud", "dc"])(
    "prints with --json where it listens and who its people are, and stops cleanly (%s)",
    async (flavour) => {
      const running = start("--port", "0", "--flavour", flavour, "--json");
      const { url, user, token_file, people } = printed.parse(JSON.parse(await running.first));
      expect(people.map(({ name }) => name)).toEqual(["sarah", "tom", "ana"]);
      expect(statSync(token_file).mode & 0o777).toBe(0o600);
      const login = (name: string, token: string) =>
        fetch(`${url}/rest/api/2/myself`, {
          headers: { authorization: `Basic ${btoa(`${name}:${token}`)}` },
        });
      expect((await login(user, readFileSync(token_file, "utf8").trim())).status).toBe(200);
      expect((await login(user, "another")).status).toBe(401);
      for (const { name, token, account_id } of people) {
        const account: unknown = await (await login(name, token)).json();
        expect(account).toMatchObject(
          flavour === "cloud" ? { accountId: account_id } : { name, key: account_id },
        );
      }
      running.stop();
      await running.ended;
      await expect(fetch(url)).rejects.toThrow("fetch failed");
      expect(existsSync(token_file)).toBe(false);
    },
  );

  it("prints a configuration that is valid as it is, with people of all, some and no roles", async () => {
    const running = start("--port", "0", "--webhook", "http://127.0.0.1:9642/api/v1/webhooks/jira");
    const text = await running.first;
    const block = /configuration of Driftwarden:\n\n(.*?)\n\n/s.exec(text)?.[1] ?? "";
    const { jira, people } = parseConfig(
      `store: {url: "postgres://h/d"}\nsources: {main: {}}\n${block}\n`,
      { file: "dw.yaml", remediations },
    );
    expect(Object.values(people).map(({ roles }) => roles)).toEqual([undefined, ["responder"], []]);
    expect(readFileSync(jira?.webhook_secret_file ?? "", "utf8").trim()).toMatch(/^[\w-]{36}$/);
    expect(text).toContain("The search shows a change after 2s; webhooks go to http://127.0.0.1");
  });

  it.each([
    ["signed, with a secret that it made (cloud)", "cloud", undefined],
    ["with the secret of a file in the address (dc)", "dc", "a secret/with?signs"],
  ])("sends webhooks %s, and the search shows a change after --index-lag", async (...given) => {
    const [, flavour, secret] = given;
    const requests: IncomingMessage[] = [];
    const server = createServer((request, response) => {
      requests.push(request);
      response.end();
    });
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const folder = mkdtempSync(join(tmpdir(), "dw-sandbox-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, "secret");
    if (secret !== undefined) writeFileSync(file, `${secret}\n`, { mode: 0o600 });
    const own = secret === undefined ? [] : ["--webhook-secret-file", file];
    const to = `http://127.0.0.1:${portOf(server)}/hook`;
    const args = ["--flavour", flavour, "--webhook", to, "--index-lag", "1h", ...own];
    const running = start("--port", "0", "--json", ...args);
    const { url, webhook_secret_file } = printed.parse(JSON.parse(await running.first));
    const ask = (path: string, body: unknown) =>
      fetch(`${url}/rest/api/2${path}`, {
        method: "POST",
        headers: { authorization: `Basic ${btoa("sarah:sarah-token")}` },
        body: JSON.stringify(body),
      });
    const fields = { project: { key: "IR" }, issuetype: { name: "Bug" }, summary: "x" };
    expect((await ask("/issue", { fields })).status).toBe(201);
    await expect.poll(() => requests.length).toBe(1);
    const [request] = requests;
    const query = new URL(request?.url ?? "", "http://hook").searchParams;
    expect(query.get("secret")).toBe(secret ?? null);
    expect(request?.headers["x-hub-signature"] === undefined).toBe(flavour === "dc");
    expect(readFileSync(webhook_secret_file ?? "", "utf8").trim()).not.toBe("");
    const search = flavour === "dc" ? "/search" : "/search/jql";
    const found = await ask(search, { jql: 'project = "IR"' });
    expect(await found.json()).toMatchObject({ issues: [] });
  });

  it("says that a port is taken, and how to choose another", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const error: unknown = await start("--port", String(portOf(server))).ended.catch(
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(DriftwardenError);
    expect(error).toMatchObject({
      code: "DW_SANDBOX_PORT_TAKEN",
      hint: expect.stringContaining("--port 0"),
    });
  });

  it.each([
    ["--port", "x"],
    ["--port", "65536"],
    ["--project", "ir"],
    ["--index-lag", "soon"],
    ["--index-lag", "2h"],
    ["--webhook", "127.0.0.1:9642"],
    ["--webhook-secret-file", "/etc/hostname"],
  ])("refuses %s %s as wrong usage", async (...args) => {
    await expect(start(...args).ended).rejects.toMatchObject({ code: "DW_CLI_USAGE" });
  });

  it("refuses another flavour, and names those there are", async () => {
    await expect(start("--flavour", "server").ended).rejects.toThrow("cloud, dc");
  });
});
