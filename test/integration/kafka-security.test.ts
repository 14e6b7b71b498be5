import kafkajs, { type AclEntry, Kafka } from "kafkajs";
import { pino } from "pino";
import { describe, expect, it, onTestFinished } from "vitest";
import { type KafkaConnection, kafkaClient } from "../../src/stream/kafka/client.ts";
import { surveyKafka } from "../../src/stream/kafka/survey.ts";
import { RememberingReader } from "../contracts/remembering-reader.ts";
import { eventually, until } from "../programs/eventually.ts";
import { metric } from "../programs/gauges.ts";
import { marker, openTestStream, withKafka } from "../programs/kafka.ts";
import { authority, brokersOwn, clientsOwn } from "../programs/kafka-certificates.ts";
import { startSecuredDaemon } from "../programs/secured-daemon.ts";
import { type ListenerName, password, startSecuredKafka } from "../programs/secured-kafka.ts";

const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } = kafkajs;

const kafka = await withKafka(startSecuredKafka);
const logger = pino({ level: "silent" });

type Login = NonNullable<KafkaConnection["sasl"]>;
type Way = Pick<KafkaConnection, "ssl" | "sasl">;

const trusting = () => ({ ca: authority });
const login = (mechanism: Login["mechanism"], more: Partial<Login> = {}): Login => ({
  mechanism,
  username: "driftwarden",
  password: () => password,
  ...more,
});
const wrongly = { password: () => "wrong" };

const brokerOf = (listener: ListenerName | "PLAIN", host = "127.0.0.1"): string =>
  listener === "PLAIN" ? kafka.brokers[0]! : `${host}:${kafka.broker.ports[listener]}`;

const topicOf = (topic: string) => ({
  topic,
  partitions: 1,
  replication: 1,
  retentionMs: 86_400_000,
  groupId: "watchers",
});

/** At load a broker may take longer than `check` waits, so it is asked again until it has said why. */
const findsAt = (
  broker: string,
  way: Way & { readonly topic?: string },
  findings: readonly object[],
) =>
  eventually(async () => {
    const found = await lookedAt(broker, way);
    expect(found).toEqual(findings.map((one) => expect.objectContaining(one)));
  });

const lookedAt = (broker: string, way: Way & { readonly topic?: string }) =>
  surveyKafka({ brokers: [broker], logger, ...topicOf("open"), ...way });

type Right = keyof typeof AclOperationTypes;

/** On a topic, or on the group. */
function granted(
  principal: string,
  rights: readonly Right[],
  { topic }: { readonly topic?: string },
): readonly AclEntry[] {
  return rights.map((right) => ({
    resourceType: topic === undefined ? AclResourceTypes.GROUP : AclResourceTypes.TOPIC,
    resourceName: topic ?? "watchers",
    resourcePatternType: ResourcePatternTypes.LITERAL,
    principal: `User:${principal}`,
    host: "*",
    operation: AclOperationTypes[right],
    permissionType: AclPermissionTypes.ALLOW,
  }));
}

/** By somebody who may do everything. */
async function grant(...entries: readonly (readonly AclEntry[])[]): Promise<void> {
  const admin = new Kafka({ brokers: [...kafka.brokers], logLevel: 0 }).admin();
  await admin.connect();
  await admin.createAcls({ acl: entries.flat() });
  // The broker goes by them a moment later.
  for (const entry of entries.flat())
    await eventually(async () =>
      expect((await admin.describeAcls(entry)).resources).not.toHaveLength(0),
    );
  await admin.disconnect();
}

const needed = [
  "READ",
  "WRITE",
  "DESCRIBE",
  "DESCRIBE_CONFIGS",
  "CREATE",
  "ALTER_CONFIGS",
] as const;

const lacks = (right: string) => ({
  code: "DW_STREAM_NOT_ALLOWED",
  message: `Kafka does not let user stranger ${right}`,
});

describe.runIf(kafka.available)("check, towards brokers that want a proof of identity", () => {
  it.for<[name: string, listener: ListenerName, way: Way]>([
    ["SASL PLAIN", "LOGIN", { sasl: login("plain") }],
    ["SASL SCRAM-SHA-256 in TLS", "SECURE", { ssl: trusting, sasl: login("scram-sha-256") }],
    ["SASL SCRAM-SHA-512 in TLS", "SECURE", { ssl: trusting, sasl: login("scram-sha-512") }],
  ])("takes a right login: %s", async ([, listener, way]) => {
    await grant(
      granted("driftwarden", needed, { topic: "open" }),
      granted("driftwarden", ["READ"], {}),
    );
    const right = { ok: true, message: expect.stringContaining("topic open") };
    await expect(findsAt(brokerOf(listener), way, [right])).resolves.toBeUndefined();
  });

  it("takes a client's certificate as the proof", async () => {
    const name = "CN=driftwarden";
    await grant(granted(name, needed, { topic: "open" }), granted(name, ["READ"], {}));
    const way = { ssl: () => ({ ca: authority, ...clientsOwn }) };
    await expect(findsAt(brokerOf("MUTUAL"), way, [{ ok: true }])).resolves.toBeUndefined();
  });

  it.for<[name: string, listener: ListenerName | "PLAIN", way: Way, said: object, host?: string]>([
    [
      "a wrong password",
      "LOGIN",
      { sasl: login("plain", wrongly) },
      { code: "DW_STREAM_LOGIN_REFUSED", hint: expect.stringContaining("password_file") },
    ],
    [
      "a wrong password in TLS",
      "SECURE",
      { ssl: trusting, sasl: login("scram-sha-512", wrongly) },
      { code: "DW_STREAM_LOGIN_REFUSED", hint: expect.stringContaining("password_file") },
    ],
    [
      "no login where one is asked for",
      "LOGIN",
      {},
      { code: "DW_STREAM_LOGIN_REFUSED", message: expect.stringContaining("sasl is missing") },
    ],
    [
      "a login where none is taken",
      "PLAIN",
      { sasl: login("plain") },
      { code: "DW_STREAM_LISTENER", message: expect.stringContaining("takes no login") },
    ],
    [
      "a mechanism that the listener does not take",
      "LOGIN",
      { sasl: login("scram-sha-512") },
      {
        code: "DW_STREAM_MECHANISM",
        message: expect.stringContaining("takes PLAIN, not SCRAM-SHA-512"),
        hint: "Set stream.kafka.sasl.mechanism to plain.",
      },
    ],
    [
      "a CA that nobody named",
      "TLS",
      { ssl: true },
      { code: "DW_STREAM_CERTIFICATE", hint: expect.stringContaining("ca_file") },
    ],
    [
      "a name that is not on the certificate",
      "TLS",
      { ssl: trusting },
      { code: "DW_STREAM_CERTIFICATE_NAME", message: expect.stringContaining("localhost") },
      "localhost",
    ],
    [
      "no certificate where one is asked for",
      "MUTUAL",
      { ssl: trusting },
      { code: "DW_STREAM_CLIENT_CERTIFICATE", hint: expect.stringContaining("key_file") },
    ],
    [
      "a key that belongs to another certificate",
      "MUTUAL",
      { ssl: () => ({ ca: authority, cert: clientsOwn.cert, key: brokersOwn.key }) },
      { code: "DW_STREAM_CLIENT_CERTIFICATE", message: expect.stringContaining("key") },
    ],
    [
      "a port of TLS without it",
      "SECURE",
      { sasl: login("plain") },
      { code: "DW_STREAM_LISTENER", message: expect.stringContaining("speaks TLS") },
    ],
    [
      "a port without TLS with it",
      "PLAIN",
      { ssl: trusting },
      { code: "DW_STREAM_LISTENER", message: expect.stringContaining("speaks no TLS") },
    ],
  ])("says which of its settings is wrong: %s", async ([, listener, way, said, host]) => {
    await expect(
      findsAt(brokerOf(listener, host), way, [{ ok: false, key: "stream.kafka", ...said }]),
    ).resolves.toBeUndefined();
  });

  it("names each right that the user lacks on the topic and on the group", async () => {
    await grant(granted("stranger", ["WRITE", "DESCRIBE"], { topic: "written" }));
    const way = { sasl: login("plain", { username: "stranger" }) };
    const broker = brokerOf("LOGIN");
    const group = lacks("read group watchers");
    const none = [lacks("write topic forbidden"), lacks("read topic forbidden"), group];
    await expect(findsAt(broker, { ...way, topic: "forbidden" }, none)).resolves.toBeUndefined();
    await expect(
      findsAt(broker, { ...way, topic: "written" }, [lacks("read topic written"), group]),
    ).resolves.toBeUndefined();
  });
});

describe.runIf(kafka.available)("the stream, towards such brokers", () => {
  it("appends and reads over TLS with SCRAM", async () => {
    const topic = "secured";
    await grant(granted("driftwarden", needed, { topic }), granted("driftwarden", ["READ"], {}));
    const { stream } = await openTestStream({
      brokers: [brokerOf("SECURE")],
      ssl: trusting,
      sasl: login("scram-sha-512"),
      topic,
      groupId: "watchers",
      partitions: 1,
    });
    onTestFinished(() => stream.close());
    const reader = new RememberingReader();
    await stream.subscribe(reader);
    await stream.append([marker("m", 1)]);
    await until(() => reader.markers("m").length === 1);
    expect(reader.taken).toHaveLength(1);
  });

  it("reads the password anew at each login, so that a rotated one needs no restart", async () => {
    let current = "old";
    const sasl = login("scram-sha-256", { password: () => current });
    const client = kafkaClient(
      { brokers: [brokerOf("SECURE")], ssl: trusting, sasl, logger },
      { sessionTimeoutMs: 10_000, retries: 0 },
    );
    const connected = async (): Promise<boolean> => {
      const admin = client.admin();
      onTestFinished(() => admin.disconnect());
      return admin.connect().then(
        () => true,
        () => false,
      );
    };
    expect(await connected()).toBe(false);
    current = password;
    await until(connected);
  });
});

describe.runIf(kafka.available)("the whole daemon, towards such brokers", () => {
  it("takes every row through a topic behind TLS with a private CA and SCRAM, with the documented rights", async () => {
    const topic = "whole";
    await grant(granted("driftwarden", needed, { topic }), granted("driftwarden", ["READ"], {}));
    const secured = await startSecuredDaemon(brokerOf("SECURE"), topic);
    onTestFinished(() => secured.stop());
    const { daemon } = secured;
    await secured.write(50);
    const attributed = /^driftwarden_detection_rows_total{.*outcome="attributed"/;
    await eventually(async () => expect(await metric(daemon, attributed)).toBe(100));
    await eventually(async () => {
      const answer = await fetch(`${daemon.url}/-/ready`);
      expect(await answer.json()).toMatchObject({ ready: true, parts: { stream: { ok: true } } });
    });
    expect(await metric(daemon, /^driftwarden_kafka_records_produced_total/)).toBeGreaterThan(0);
  });
});
