/** The daemon's side of the executor's socket, against executors that answer in any way. */

import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openExecutor } from "../../../remediations/docker/executor/executor-engine.ts";
import { linesOf } from "../../../remediations/docker/executor/lines.ts";
import { goodPermit } from "../../fakes/permit.ts";
import { fakeId } from "./fake-engine.ts";

let folder: string;
let socket: string;
let server: Server;
/** Every line that came. */
let came: unknown[];
/** What is answered to each line. Instead, `end` closes the connection, and `silence` does nothing. */
let script: string[];

const welcome = JSON.stringify({
  hello: "driftwarden-executor",
  version: "1.0",
  program: "0.1.0",
  verbs: ["version", "restart", "inspect"],
  may: [],
  newer: "fields are ignored",
});

const limited = JSON.stringify({
  id: 1,
  error: { code: "DW_EXECUTOR_LIMIT", message: "no", maybe_applied: false },
});

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "driftwarden-client-"));
  socket = join(folder, "s");
  came = [];
  script = [];
  server = createServer((client) => void serve(client));
  server.listen(socket);
  await once(server, "listening");
});

afterEach(async () => {
  server.close();
  await once(server, "close");
  rmSync(folder, { recursive: true, force: true });
});

async function serve(client: Socket): Promise<void> {
  client.on("error", () => undefined);
  for await (const line of linesOf(client, 1e6)) {
    came.push(JSON.parse(line));
    const next = script.shift() ?? "end";
    if (next === "end") break;
    if (next !== "silence") client.write(`${next}\n`);
  }
  client.destroy();
}

const engine = (deadlineMs?: number) =>
  openExecutor({ socket, ...(deadlineMs !== undefined && { deadlineMs }) });
const verbsAsked = (): readonly unknown[] =>
  came.flatMap((line) =>
    typeof line === "object" && line !== null && "verb" in line ? [line.verb] : [],
  );

describe("an executor that answers", () => {
  it("is told hello, and asked for one thing on each connection", async () => {
    script = [welcome, '{"id":1,"result":{"engine":"20.10","api":"v1.41"}}'];
    expect(await engine().version()).toEqual({ engine: "20.10", api: "v1.41" });
    expect(came).toEqual([
      { hello: "driftwarden", version: "1.0" },
      { id: 1, verb: "version", arguments: {} },
    ]);
  });

  it.each([
    ["another major version", [welcome.replace("1.0", "2.0")], "DW_EXECUTOR_PROTOCOL"],
    ["what is no hello", ["{}"], "DW_EXECUTOR_PROTOCOL"],
    ["what is no JSON", ["hello"], "DW_EXECUTOR_PROTOCOL"],
    ["an answer to another request", [welcome, '{"id":2,"result":{}}'], "DW_EXECUTOR_PROTOCOL"],
    ["another result", [welcome, '{"id":1,"result":{"api":7}}'], "DW_EXECUTOR_PROTOCOL"],
    ["nothing, and ends", [welcome, "end"], "DW_EXECUTOR_UNREACHABLE"],
  ])("%s is unavailable", async (_what, answers, code) => {
    script = [...answers];
    await expect(engine().version()).rejects.toMatchObject({ code, unavailable: true });
  });

  it("nothing in time is unavailable", async () => {
    script = ["silence"];
    await expect(engine(50).version()).rejects.toMatchObject({
      code: "DW_EXECUTOR_TIMEOUT",
      unavailable: true,
    });
  });

  it("with an error keeps its code, and one that is not known names it", async () => {
    const said = { code: "DW_DOCKER_GONE", message: "gone", maybe_applied: false };
    script = [welcome, JSON.stringify({ id: 1, error: said })];
    await expect(engine().inspect(fakeId)).rejects.toMatchObject({ code: "DW_DOCKER_GONE" });
    script = [welcome, JSON.stringify({ id: 1, error: { ...said, code: "DW_NEWER" } })];
    await expect(engine().inspect(fakeId)).rejects.toMatchObject({
      code: "DW_EXECUTOR_FAILED",
      message: "DW_NEWER: gone",
    });
  });

  it("is not asked for what it does not offer", async () => {
    script = [welcome];
    await expect(engine().start(fakeId)).rejects.toMatchObject({ code: "DW_EXECUTOR_LIMIT" });
    expect(verbsAsked()).toEqual([]);
  });
});

describe("an executor that is away", () => {
  it("says who may connect to it, to a user who may not", async () => {
    chmodSync(socket, 0o000);
    chmodSync(folder, 0o755);
    // Root may connect to everything.
    const root = process.geteuid?.() === 0;
    if (root) process.seteuid?.(65_534);
    const asked = engine().version();
    const error = await asked
      .catch((thrown: unknown) => thrown)
      .finally(() => root && process.seteuid?.(0));
    expect(error).toMatchObject({
      code: "DW_EXECUTOR_FORBIDDEN",
      maybeApplied: false,
      hint: expect.stringContaining("SocketUser="),
    });
  });

  it("is said to be so, and nothing happened", async () => {
    const away = openExecutor({ socket: join(folder, "nobody") });
    await expect(
      away.restart(fakeId, { graceSeconds: 0, mayAct: goodPermit }),
    ).rejects.toMatchObject({
      code: "DW_EXECUTOR_UNREACHABLE",
      maybeApplied: false,
      unavailable: true,
    });
  });

  it("is asked again for the same effect after the answer to a restart got lost", async () => {
    script = [welcome, "end", "end", welcome, '{"id":1,"result":{}}'];
    await engine().restart(fakeId, { graceSeconds: 0, mayAct: goodPermit });
    expect(verbsAsked()).toEqual(["restart", "restart"]);
    const permits = came.flatMap((line) =>
      typeof line === "object" && line !== null && "permit" in line ? [line.permit] : [],
    );
    expect(permits).toMatchObject([{ effect: "e" }, { effect: "e" }]);
  });

  it.each([
    ["speaks another version", welcome.replace("1.0", "2.0")],
    ["says what is no hello", "{}"],
    ["says that its limits do not allow it", welcome, limited],
  ])("may have restarted it, if it %s after the answer got lost", async (_what, ...later) => {
    script = [welcome, "end", ...later];
    const asked = engine().restart(fakeId, { graceSeconds: 0, mayAct: goodPermit });
    await expect(asked).rejects.toMatchObject({ maybeApplied: true });
    expect(verbsAsked()[0]).toBe("restart");
  });
});
