import { EventEmitter, once } from "node:events";
import { existsSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { Command } from "commander";
import { describe, expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import type { Cli } from "../../src/cli/cli.ts";
import { registerSandbox } from "../../src/cli/sandbox.ts";
import { DriftwardenError } from "../../src/errors.ts";

const printed = z.strictObject({
  url: z.url(),
  user: z.string(),
  token_file: z.string(),
  people: z.array(z.strictObject({ name: z.string(), account_id: z.string(), token: z.string() })),
});

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

  it("says that a port is taken, and how to choose another", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const error: unknown = await start("--port", String(port)).ended.catch(
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
  ])("refuses %s %s as wrong usage", async (...args) => {
    await expect(start(...args).ended).rejects.toMatchObject({ code: "DW_CLI_USAGE" });
  });

  it("refuses another flavour, and names those there are", async () => {
    await expect(start("--flavour", "server").ended).rejects.toThrow("cloud, dc");
  });
});
