import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, describe, expect, it } from "vitest";
import { type EmbeddedPostgres, startPostgres } from "../../src/sandbox/postgres.ts";
import { eventually } from "../programs/eventually.ts";
import { sql } from "../programs/postgres.ts";

const started: EmbeddedPostgres[] = [];

async function start(...args: Parameters<typeof startPostgres>): Promise<EmbeddedPostgres> {
  const server = await startPostgres(...args);
  started.push(server);
  return server;
}

afterEach(async () => {
  await Promise.all(started.splice(0).map((server) => server.stop()));
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** A process of ours that starts a server, says where, and waits. */
async function startElsewhere(): Promise<{
  end(signal: NodeJS.Signals): void;
  pid: number;
  dataDir: string;
}> {
  const script = `import { startPostgres } from "./src/sandbox/postgres.ts";
    startPostgres().then(({ pid, dataDir }) => {
      console.log(JSON.stringify({ pid, dataDir }));
      setInterval(() => undefined, 1000);
    });`;
  const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script]);
  const [line]: unknown[] = await once(createInterface(child.stdout), "line");
  return { ...JSON.parse(String(line)), end: (signal) => child.kill(signal) };
}

describe("the embedded Postgres", () => {
  it("is a real server with the settings asked for, and leaves nothing behind", async () => {
    const server = await start({ settings: { max_prepared_transactions: "3" } });
    expect(await sql(server.url, "SHOW max_prepared_transactions")).toEqual([
      { max_prepared_transactions: "3" },
    ]);
    const { pid, dataDir } = server;
    await server.stop();
    await server.stop();
    expect(isAlive(pid)).toBe(false);
    expect(existsSync(dataDir)).toBe(false);
  });

  it("keeps committed data when it is killed and restarted", async () => {
    const server = await start();
    await sql(server.url, "CREATE TABLE t AS SELECT 1 AS x");
    const { pid } = server;
    await server.kill();
    await server.restart();
    expect(server.pid).not.toBe(pid);
    expect(await sql(server.url, "SELECT x FROM t")).toEqual([{ x: 1 }]);
  });

  it("keeps a data folder that it was given, and starts on it again", async () => {
    const parent = await mkdtemp(join(tmpdir(), "kept-"));
    const dataDir = join(parent, "data");
    await chmod(parent, 0o755);
    const first = await start({ dataDir });
    await sql(first.url, "CREATE TABLE t AS SELECT 2 AS x");
    await first.stop();
    const second = await start({ dataDir });
    expect(await sql(second.url, "SELECT x FROM t")).toEqual([{ x: 2 }]);
    await second.stop();
    await rm(parent, { recursive: true });
  });

  it.each(["SIGKILL", "SIGTERM"] as const)(
    "ends when its process is ended by %s",
    async (signal) => {
      const elsewhere = await startElsewhere();
      expect(isAlive(elsewhere.pid)).toBe(true);
      elsewhere.end(signal);
      await eventually(() => expect(isAlive(elsewhere.pid)).toBe(false));
      await eventually(() => expect(existsSync(elsewhere.dataDir)).toBe(false));
    },
  );

  it("shows the server's own words when it does not start", async () => {
    await expect(startPostgres({ settings: { no_such_setting: "1" } })).rejects.toMatchObject({
      code: "DW_SANDBOX_POSTGRES_FAILED",
      message: expect.stringContaining("no_such_setting"),
    });
  });

  it("says what to do on a platform that npm has no binaries for", async () => {
    const real = process.arch;
    Object.defineProperty(process, "arch", { value: "s390x" });
    try {
      await expect(startPostgres()).rejects.toMatchObject({
        code: "DW_SANDBOX_POSTGRES_MISSING",
        hint: expect.stringContaining("store.url"),
      });
    } finally {
      Object.defineProperty(process, "arch", { value: real });
    }
  });
});
