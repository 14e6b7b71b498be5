import { once } from "node:events";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { linesOf } from "../../remediations/docker/executor/lines.ts";
import { checkSocket, uidOf } from "../../src/executor/peer.ts";
import { type ExecutorServer, listen } from "../../src/executor/server.ts";

const own = process.geteuid?.() ?? 0;
let folder: string;
let socket: string;
const stopping: (() => Promise<unknown>)[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "driftwarden-server-"));
  socket = join(folder, "executor.sock");
});

afterEach(async () => {
  for (const stop of stopping.splice(0)) await stop();
  rmSync(folder, { recursive: true, force: true });
});

async function start(more: { readonly peer?: number } = {}): Promise<ExecutorServer> {
  const logger = pino({ level: "silent" });
  const server = await listen({
    socket,
    peer: own,
    verbs: [],
    program: "0",
    may: [],
    logger,
    ...more,
  });
  stopping.push(() => server.stop());
  return server;
}

/** A socket that somebody else made, of a mode. */
async function made(mode: number): Promise<Server> {
  const server = createServer();
  server.listen(socket);
  await once(server, "listening");
  chmodSync(socket, mode);
  stopping.push(async () => {
    server.close();
    await once(server, "close");
  });
  return server;
}

/** What is answered to these bytes, until the other side ends the connection. */
async function answers(bytes: string | Buffer): Promise<readonly string[]> {
  const client = connect(socket);
  client.on("error", () => undefined);
  client.write(bytes);
  const found: string[] = [];
  for await (const line of linesOf(client, 1e6)) found.push(line);
  return found;
}

describe("the socket of an executor", () => {
  it("is open to its peer alone from the first moment on", async () => {
    await start();
    expect(statSync(socket).mode & 0o777).toBe(0o600);
    expect(statSync(socket).uid).toBe(own);
  });

  it("takes the place of one that a dead executor left, and not of a living one", async () => {
    const first = await start();
    await expect(start()).rejects.toMatchObject({ code: "DW_EXECUTOR_LISTENING" });
    stopping.length = 0;
    // A server removes only the path that it listened on.
    renameSync(socket, `${socket}.dead`);
    await first.stop();
    renameSync(`${socket}.dead`, socket);
    await start();
    expect(statSync(socket).mode & 0o777).toBe(0o600);
  });

  it("belongs to one of several executors that start at once after a crash", async () => {
    for (let round = 0; round < 20; round += 1) {
      socket = join(folder, `executor-${round}.sock`);
      const dead = await made(0o600);
      renameSync(socket, `${socket}.dead`);
      dead.close();
      renameSync(`${socket}.dead`, socket);
      const starts = await Promise.allSettled([start(), start(), start()]);
      const refused = starts.flatMap((one) => (one.status === "rejected" ? [one.reason.code] : []));
      expect(refused).toEqual(refused.map(() => "DW_EXECUTOR_LISTENING"));
      expect(refused.length).toBeGreaterThanOrEqual(2);
      stopping.length = 0;
      for (const one of starts) if (one.status === "fulfilled") await one.value.stop();
      await (await start()).stop();
      stopping.length = 0;
      expect(readdirSync(folder)).toEqual([]);
    }
  });

  it("never takes the place of a file that is no socket", async () => {
    writeFileSync(socket, "kept");
    await expect(start()).rejects.toMatchObject({ code: "DW_EXECUTOR_PEER" });
    expect(readFileSync(socket, "utf8")).toBe("kept");
  });

  it("in a folder that is not there is named", async () => {
    socket = join(folder, "nowhere", "executor.sock");
    const refused = start();
    await expect(refused).rejects.toMatchObject({ code: "DW_EXECUTOR_PEER" });
    await expect(refused).rejects.toThrow(`looking at ${join(folder, "nowhere")}: ENOENT`);
    await expect(refused).rejects.toMatchObject({
      hint: expect.stringContaining(`mkdir ${join(folder, "nowhere")}`),
    });
  });

  it.skipIf(own !== 0)("is not taken from a living one that this user may not ask", async () => {
    chmodSync(folder, 0o1777);
    const living = await made(0o600);
    process.seteuid?.(65_534);
    try {
      const refused = start({ peer: 65_534 });
      await expect(refused).rejects.toMatchObject({ code: "DW_EXECUTOR_LISTENING" });
      await expect(refused).rejects.toThrow("EACCES");
    } finally {
      process.seteuid?.(0);
    }
    expect(living.listening && statSync(socket).isSocket()).toBe(true);
  });

  it.each([0o666, 0o660, 0o604, 0o601])(
    "of mode %o is not taken, as others could connect",
    async (mode) => {
      await made(mode);
      expect(() => checkSocket(socket, own)).toThrow(/is open to others/);
    },
  );

  it("that belongs to somebody else is not taken", async () => {
    await made(0o600);
    expect(() => checkSocket(socket, own + 1)).toThrow(`belongs to the user ${own}`);
    expect(() => checkSocket(socket, own)).not.toThrow();
  });

  it("is not made in a folder in which others could replace it", async () => {
    chmodSync(folder, 0o777);
    await expect(start()).rejects.toMatchObject({ code: "DW_EXECUTOR_PEER" });
    chmodSync(folder, 0o1777);
    await start();
  });

  it("is not taken below a folder in which others could replace the next one", async () => {
    const below = join(folder, "run");
    mkdirSync(below);
    socket = join(below, "executor.sock");
    chmodSync(folder, 0o757);
    await expect(start()).rejects.toThrow(`others may write to ${folder}`);
  });

  it("that is a plain file is not taken", () => {
    writeFileSync(socket, "");
    expect(() => checkSocket(socket, own)).toThrow("is no socket");
  });
});

describe("the peer of an executor", () => {
  it("is a user of the machine's list, or a number", () => {
    const list = join(folder, "passwd");
    writeFileSync(list, "root:x:0:0::/root:/bin/sh\ndriftwarden:x:997:997::/:/bin/false\n");
    expect(uidOf("driftwarden", list)).toBe(997);
    expect(uidOf(1234, list)).toBe(1234);
    expect(() => uidOf("driftwarde", list)).toThrow("there is no user driftwarde");
  });
});

describe("a connection to an executor", () => {
  it.each([
    ["a line that never ends", "x".repeat(70_000)],
    ["bytes that are no UTF-8", Buffer.from([0xff, 0xfe, 0x0a])],
    ["what is no JSON", "GET /containers/json HTTP/1.1\r\n\r\n"],
  ])("ends with its reason after %s", async (_what, bytes) => {
    await start();
    const [said, ...more] = await answers(bytes);
    expect(JSON.parse(said ?? "")).toMatchObject({
      id: null,
      error: { code: "DW_EXECUTOR_PROTOCOL" },
    });
    expect(more).toEqual([]);
  });

  it("reads nothing after a request that it refused", async () => {
    await start();
    const hello = '{"hello":"driftwarden","version":"1.0"}\n';
    expect(await answers(`${hello}{"id":1}\n${hello}${hello}`)).toHaveLength(2);
  });
});
