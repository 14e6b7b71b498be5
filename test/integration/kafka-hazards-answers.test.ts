/** What kafkajs 2.2.4 makes of an answer that breaks off: shown with it alone first, then with our client. */
import { setTimeout as pause } from "node:timers/promises";
import type { Kafka } from "kafkajs";
import { pino } from "pino";
import { describe, expect, it } from "vitest";
import { kafkaClient } from "../../src/stream/kafka/client.ts";
import { type ByteCuttingProxy, startByteCuttingProxy } from "../chaos/byte-cutting-proxy.ts";
import { bareKafka } from "../programs/bare-kafkajs.ts";
import { startTestKafka, withKafka } from "../programs/kafka.ts";

let proxy: ByteCuttingProxy;
const kafka = await withKafka(async () => {
  let port = 0;
  proxy = await startByteCuttingProxy(0, () => port);
  const behind = `127.0.0.1:${proxy.place}`;
  const own = await startTestKafka({ "advertised.listeners": `PLAINTEXT://${behind}` });
  port = Number(own.brokers[0]?.split(":")[1]);
  return {
    brokers: [behind],
    stop: async () => {
      proxy.stop();
      await own.stop();
    },
  };
});

/** The next answer's size arrives, and a little more. */
const cutNextAnswer = (): Promise<boolean> =>
  proxy.cut({ direction: "to_client", bytes: 10 }, 20_000);

/** What becomes within a time of the call after the one whose answer breaks off. */
async function nextCall(client: Kafka, withinMs: number): Promise<"answered" | "silence"> {
  const admin = client.admin();
  await admin.connect();
  await admin.listTopics();
  const cut = cutNextAnswer();
  await expect(admin.listTopics()).rejects.toThrow("Closed connection");
  expect(await cut).toBe(true);
  const outcome = await Promise.race([
    admin.listTopics().then(() => "answered" as const),
    pause(withinMs, "silence" as const),
  ]);
  // It waits for what is not answered.
  void admin.disconnect();
  return outcome;
}

describe.skipIf(!kafka.available)("an answer that breaks off in its middle", () => {
  it("leaves bare kafkajs without answers, though the broker gives them", async () => {
    expect(await nextCall(bareKafka(kafka.brokers), 2500)).toBe("silence");
  });

  it("an answer of the broker that breaks off costs nothing but its own call", async () => {
    const logger = pino({ level: "silent" });
    const ours = kafkaClient(
      { brokers: kafka.brokers, logger },
      { sessionTimeoutMs: 3000, retries: 4 },
    );
    expect(await nextCall(ours, 60_000)).toBe("answered");
  });
});
