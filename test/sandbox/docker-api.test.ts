import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { dockerApi } from "../../src/sandbox/docker-api.ts";

/** @returns the socket of an engine that answers every call so */
async function engineThatAnswers(status: number, body: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "driftwarden-"));
  const server = createServer((_, response) => response.writeHead(status).end(body));
  const socket = join(folder, "docker.sock");
  await new Promise<void>((resolve) => {
    server.listen(socket, resolve);
  });
  onTestFinished(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });
  return socket;
}

describe("the sandbox's own way to a container engine", () => {
  it("tells what the engine refuses as DW_SANDBOX_DOCKER_FAILED, with the call and the engine's words", async () => {
    const call = dockerApi(await engineThatAnswers(409, "the name is taken\n"));
    await expect(call("POST /containers/create?name=a")).rejects.toMatchObject({
      code: "DW_SANDBOX_DOCKER_FAILED",
      message: "POST /containers/create?name=a: the name is taken",
    });
  });

  it("hands on an answer as data", async () => {
    const call = dockerApi(await engineThatAnswers(200, '{"Id":"a1"}'));
    expect(await call("GET /info")).toEqual({ Id: "a1" });
  });
});
