import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { Client } from "pg";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SourceClient } from "../../src/source/client.ts";
import { endsWithin } from "../programs/eventually.ts";

/** AuthenticationOk, then ReadyForQuery. */
const welcome = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0, 0x5a, 0, 0, 0, 5, 0x49]);
let server: Server;
let sockets: Socket[];

beforeEach(async () => {
  sockets = [];
  // It lets a connection in, and from then on answers nothing, not even the end of the connection.
  server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.push(socket);
    socket.on("error", () => undefined);
    socket.once("data", () => socket.write(welcome));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});

afterEach(() => {
  for (const socket of sockets) socket.destroy();
  server.close();
});

describe("a connection to a source that has stopped answering", () => {
  it("is closed all the same, so that the lease of the source is let go", async () => {
    const address = server.address();
    const port = typeof address === "object" ? (address?.port ?? 0) : 0;
    const client = new Client({ host: "127.0.0.1", port, user: "u", database: "d" });
    client.on("error", () => undefined);
    await client.connect();
    const source = new SourceClient(client, { deadlineMs: 1000, stop: async () => undefined });
    expect(await endsWithin(60_000, () => source.end())).toBe(true);
  });
});
