/** What is said when no connection to Kafka succeeds, and what is not claimed of a listener that says nothing. */
import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { afterEach, describe, expect, it } from "vitest";
import { diagnosed } from "../../../src/stream/kafka/diagnosis.ts";
import { patienceMs } from "../../programs/eventually.ts";
import { brokersOwn } from "../../programs/kafka-certificates.ts";

const servers: { readonly server: Server; readonly sockets: Socket[] }[] = [];

afterEach(async () => {
  for (const { server, sockets } of servers.splice(0)) {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, "close");
  }
});

/** @returns `host:port` */
async function listening(server: Server): Promise<string> {
  const sockets: Socket[] = [];
  servers.push({ server, sockets });
  server.on("connection", (socket: Socket) => {
    sockets.push(socket);
    socket.on("error", () => undefined);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("it listens on no port");
  return `127.0.0.1:${address.port}`;
}

const closed = new Error("Closed connection");

/** ApiVersions with the correlation id 1, whatever follows. */
const answer = Buffer.from([0, 0, 0, 10, 0, 0, 0, 1, 0, 35, 0, 0, 0, 0]);

/** UNSUPPORTED_SASL_MECHANISM, with those that are taken. */
function mechanisms(names: readonly string[]): Buffer {
  const texts = names.map((name) => Buffer.from([0, name.length, ...Buffer.from(name)]));
  const body = Buffer.concat([Buffer.from([0, 0, 0, 1, 0, 33, 0, 0, 0, names.length]), ...texts]);
  return Buffer.concat([Buffer.from([0, 0, 0, body.length]), body]);
}

describe("the diagnosis of a connection that failed", () => {
  it("asks all brokers at once, so that one that is silent costs the others no time", async () => {
    const waiting: Socket[] = [];
    // The first answers as soon as the second was asked.
    const first = await listening(createServer((socket) => void waiting.push(socket)));
    const second = await listening(
      createServer((socket) => {
        for (const one of waiting.splice(0)) one.write(answer);
        socket.destroy();
      }),
    );
    const error = await diagnosed(closed, {
      brokers: [first, second],
      ssl: true,
      patienceMs,
    });
    expect(error).toMatchObject({
      code: "DW_STREAM_LISTENER",
      message: expect.stringContaining(`${first}: the listener speaks no TLS`),
    });
  });

  it.each([
    { taken: ["GSSAPI", "PLAIN"], hint: "Set stream.kafka.sasl.mechanism to plain." },
    { taken: ["AWS_MSK_IAM"], hint: expect.stringContaining("Name the port of a listener") },
  ])("proposes only mechanisms that can be configured, of $taken", async ({ taken, hint }) => {
    const broker = await listening(
      createServer((socket) => {
        socket.on("data", (request) => {
          socket.write(request.readInt16BE(4) === 18 ? answer : mechanisms(taken));
        });
      }),
    );
    const sasl = { mechanism: "scram-sha-256", username: "one", password: () => "" } as const;
    const error = await diagnosed(closed, { brokers: [broker], sasl, patienceMs });
    expect(error).toMatchObject({ code: "DW_STREAM_MECHANISM", hint });
  });

  it("claims no missing client certificate of a listener that says nothing after the handshake", async () => {
    const silent = await listening(createTlsServer({ ...brokersOwn }));
    const error = await diagnosed(closed, { brokers: [silent], ssl: true, patienceMs: 50 });
    expect(error.code).toBe("DW_STREAM_UNREACHABLE");
  });

  it("says that a client certificate is wanted where the connection ends after the handshake", async () => {
    const strict = await listening(
      createTlsServer({ ...brokersOwn, requestCert: true, rejectUnauthorized: true }),
    );
    const error = await diagnosed(closed, { brokers: [strict], ssl: true, patienceMs });
    expect(error.code).toBe("DW_STREAM_CLIENT_CERTIFICATE");
  });
});
