import { createServer } from "node:net";
import { Kafka, logLevel } from "kafkajs";
import { describe, expect, it, onTestFinished } from "vitest";
import { asKafkaError } from "../../../src/stream/kafka/errors.ts";

/** A listener that speaks no TLS. */
async function plainListener(): Promise<string> {
  const server = createServer((socket) => {
    socket.on("error", () => undefined).once("data", () => socket.end("no handshake\n"));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  onTestFinished(() => void server.close());
  const address = server.address();
  return `127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
}

async function refusalOf(broker: string, ssl: boolean): Promise<unknown> {
  const client = new Kafka({
    brokers: [broker],
    ssl,
    logLevel: logLevel.NOTHING,
    retry: { retries: 0 },
  });
  const admin = client.admin();
  onTestFinished(() => admin.disconnect());
  return admin.connect().then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe("why a broker is not reached (FR-T6)", () => {
  it("TLS towards a listener without TLS is DW_STREAM_LISTENER", async () => {
    const broker = await plainListener();
    const error = asKafkaError(await refusalOf(broker, true), { brokers: [broker] });
    expect(error).toMatchObject({
      code: "DW_STREAM_LISTENER",
      retryable: false,
      hint: expect.stringContaining("stream.kafka.ssl"),
    });
  });

  it("a closed port is DW_STREAM_UNREACHABLE, which may pass", async () => {
    const broker = "127.0.0.1:1";
    const error = asKafkaError(await refusalOf(broker, false), { brokers: [broker] });
    expect(error).toMatchObject({ code: "DW_STREAM_UNREACHABLE", retryable: true });
  });

  it("a certificate that is not valid yet is no matter of its CA", () => {
    const early = new Error("certificate is not yet valid");
    const error = asKafkaError(early, { brokers: ["b:9092"] });
    expect(error).toMatchObject({
      code: "DW_STREAM_CERTIFICATE",
      hint: expect.stringContaining("clock"),
    });
  });

  it("a login that the broker refuses is DW_STREAM_LOGIN_REFUSED", () => {
    const refused = Object.assign(new Error("SASL PLAIN authentication failed: unknown user"), {
      name: "KafkaJSSASLAuthenticationError",
    });
    expect(asKafkaError(refused, { brokers: ["b:9092"] })).toMatchObject({
      code: "DW_STREAM_LOGIN_REFUSED",
      retryable: false,
      hint: expect.stringContaining("sasl.password_file"),
    });
  });
});
