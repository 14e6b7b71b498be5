/** Creates the topic if it is missing, checks it if it exists, and identifies it by its stream id. */
import { randomInt } from "node:crypto";
import kafkajs, { type Admin } from "kafkajs";
import { formatDuration } from "../../duration.ts";
import { messageOf } from "../../errors.ts";
import { brokerErrorType, KafkaStreamError } from "./errors.ts";

// Node finds only some of kafkajs's names in its CommonJS. These are taken from the default export.
const { ConfigResourceTypes, KafkaJSAggregateError } = kafkajs;

export interface TopicSpec {
  readonly topic: string;
  readonly partitions: number;
  /** Replicas of each partition; -1 is the brokers' default. */
  readonly replication: number;
  readonly retentionMs: number;
}

export interface OpenedTopic {
  readonly streamId: string;
  /** The broker's limit for one batch. */
  readonly maxMessageBytes: number;
  /** Number of partitions that were added to the topic. No record is sent to them. */
  readonly unused: number;
}

/** The stored identity of the topic. */
export interface KnownTopic {
  /** Id of the stream. */
  readonly id: string;
  readonly partitions: number;
}

/** Stores the found identity unless one is stored for this topic. Resolves with the stored identity. */
export type RememberTopic = (topic: string, found: KnownTopic) => Promise<KnownTopic>;

export interface TopicFacts {
  readonly partitions: number;
  readonly replication: number;
  readonly config: ReadonlyMap<string, { readonly value: string; readonly ownValue: boolean }>;
}

/**
 * Kafka has no custom label for topics, and kafkajs does not show the topic's id. So the stream id is stored as the
 * topic's `delete.retention.ms`. This setting has no effect on a topic that is not compacted. The call that creates the
 * topic sets it, and deleting the topic deletes it. The value is above a day, Kafka's default, and below 400 days,
 * hosted Kafka's limit.
 */
const markSetting = "delete.retention.ms";
const newMark = (): string => String(86_400_001 + randomInt(2 ** 35 - 86_400_000));
/** The broker sets the time of a record, because tick-bound.ts compares ticks with this time. */
const brokersTime = { name: "message.timestamp.type", value: "LogAppendTime" };
/** The config source of a setting that was set on the topic itself. */
const topicsOwn = 1;

async function readTopic(admin: Admin, topic: string): Promise<TopicFacts> {
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
  const partitions = topics[0]?.partitions ?? [];
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: ConfigResourceTypes.TOPIC, name: topic }],
  });
  const entries = resources[0]?.configEntries ?? [];
  return {
    partitions: partitions.length,
    replication: Math.min(...partitions.map((partition) => partition.replicas.length)),
    config: new Map(
      entries.map((entry) => [
        entry.configName,
        { value: entry.configValue, ownValue: (entry.configSource as number) === topicsOwn },
      ]),
    ),
  };
}

/**
 * The present identity of the topic; undefined when there is no topic. `streamId` is empty when the topic has no id.
 */
export async function readIdentity(
  admin: Admin,
  topic: string,
): Promise<Pick<OpenedTopic, "streamId" | "maxMessageBytes"> | undefined> {
  const names = await admin.listTopics();
  if (!names.includes(topic)) return undefined;
  const facts = await readTopic(admin, topic);
  return { streamId: markOf(facts) ?? "", maxMessageBytes: maxMessageBytesOf(facts) };
}

function maxMessageBytesOf({ config }: TopicFacts): number {
  return Number(config.get("max.message.bytes")?.value ?? 1_048_588);
}

function markOf(facts: TopicFacts): string | undefined {
  const mark = facts.config.get(markSetting);
  return mark?.ownValue === true ? mark.value : undefined;
}

/**
 * Creates a missing topic and checks an existing one. Compares the topic with its stored identity.
 *
 * @throws KafkaStreamError DW_STREAM_TOPIC_REFUSED, DW_STREAM_TOPIC_MISMATCH, DW_STREAM_RECREATED
 */
export async function openTopic(
  admin: Admin,
  spec: TopicSpec,
  remember: RememberTopic,
): Promise<OpenedTopic> {
  const names = await admin.listTopics();
  const missing = !names.includes(spec.topic);
  if (missing) await createTopic(admin, spec);
  const found = await readTopic(admin, spec.topic);
  // A new topic is not visible on every broker at once.
  if (missing && markOf(found) === undefined) throw new Error("the new topic is not visible yet");
  checkTopic(found, spec);
  const streamId = markOf(found) ?? (await markTopic(admin, spec.topic, found));
  const known = await remember(spec.topic, { id: streamId, partitions: spec.partitions });
  if (known.id !== streamId) throw recreated(spec.topic);
  if (known.partitions !== spec.partitions) throw usedOtherwise(spec, known.partitions);
  const unused = found.partitions - spec.partitions;
  return { streamId, maxMessageBytes: maxMessageBytesOf(found), unused };
}

/**
 * A text for people about what a start would do with the topic. Writes nothing: the brokers only validate the creation
 * of a missing topic.
 *
 * @throws KafkaStreamError DW_STREAM_TOPIC_REFUSED, DW_STREAM_TOPIC_MISMATCH
 */
export async function lookAtTopic(admin: Admin, spec: TopicSpec): Promise<string> {
  const partitions = `${spec.partitions} partitions`;
  const names = await admin.listTopics();
  if (names.includes(spec.topic)) {
    checkTopic(await readTopic(admin, spec.topic), spec);
    return `topic ${spec.topic}, ${partitions}`;
  }
  await createTopic(admin, spec, { validateOnly: true });
  return `topic ${spec.topic} is made at the first start, ${partitions}`;
}

/** The settings of the topic; undefined while there is none. */
export async function topicFacts(admin: Admin, topic: string): Promise<TopicFacts | undefined> {
  const names = await admin.listTopics();
  return names.includes(topic) ? readTopic(admin, topic) : undefined;
}

async function createTopic(
  admin: Admin,
  spec: TopicSpec,
  { validateOnly = false }: { readonly validateOnly?: boolean } = {},
): Promise<void> {
  try {
    await admin.createTopics({
      validateOnly,
      waitForLeaders: !validateOnly,
      topics: [
        {
          topic: spec.topic,
          numPartitions: spec.partitions,
          replicationFactor: spec.replication,
          configEntries: [
            { name: "cleanup.policy", value: "delete" },
            { name: "retention.ms", value: String(spec.retentionMs) },
            { name: markSetting, value: newMark() },
            brokersTime,
          ],
        },
      ],
    });
  } catch (error) {
    // kafkajs wraps a refusal of a topic in an aggregate error. Any other error is about the connection.
    if (!(error instanceof KafkaJSAggregateError)) throw error;
    const cause = error.errors[0];
    throw new KafkaStreamError(
      "DW_STREAM_TOPIC_REFUSED",
      `creating topic ${spec.topic}: ${messageOf(cause)}`,
      {
        hint: `Let this user create topics, set stream.kafka.replication to at most the number of brokers, or create the topic yourself with ${spec.partitions} partitions and cleanup.policy=delete.`,
        // A broker that is still starting is not counted yet.
        retryable: brokerErrorType(cause) === "INVALID_REPLICATION_FACTOR",
        cause,
      },
    );
  }
}

/** Gives an id to a topic that its operator created. Altering replaces all settings, so the others are sent again. */
async function markTopic(admin: Admin, topic: string, found: TopicFacts): Promise<string> {
  const mark = newMark();
  const settings = new Map(
    [...found.config].flatMap(([name, { ownValue, value }]) => (ownValue ? [[name, value]] : [])),
  );
  // The operator may have set them too. Each is sent once.
  settings.set(brokersTime.name, brokersTime.value).set(markSetting, mark);
  await admin.alterConfigs({
    validateOnly: false,
    resources: [
      {
        type: ConfigResourceTypes.TOPIC,
        name: topic,
        configEntries: [...settings].map(([name, value]) => ({ name, value })),
      },
    ],
  });
  return mark;
}

/** A topic with an id may have more partitions than configured: it has grown, and the added partitions stay empty. */
function partitionsProblem(found: TopicFacts, { partitions }: TopicSpec): string {
  const hasGrown = found.partitions > partitions && markOf(found) !== undefined;
  if (found.partitions === partitions || hasGrown) return "";
  return `it has ${found.partitions} partitions instead of ${partitions}`;
}

function checkTopic(found: TopicFacts, spec: TopicSpec): void {
  const policy = found.config.get("cleanup.policy")?.value ?? "unknown";
  const retention = Number(found.config.get("retention.ms")?.value);
  // -1 means no limit.
  const kept = retention === -1 ? Infinity : retention;
  const problems = [
    partitionsProblem(found, spec),
    found.replication >= spec.replication
      ? ""
      : `it has ${found.replication} replicas instead of ${spec.replication}`,
    policy === "delete" ? "" : `its cleanup.policy is ${policy} instead of delete`,
    kept >= spec.retentionMs
      ? ""
      : `it keeps records for ${formatDuration(kept)} instead of ${formatDuration(spec.retentionMs)}`,
  ].filter((problem) => problem !== "");
  if (problems.length === 0) return;
  throw new KafkaStreamError(
    "DW_STREAM_TOPIC_MISMATCH",
    `topic ${spec.topic} does not fit: ${problems.join(", ")}`,
    {
      hint: "Change the topic's settings, or stream.partitions, stream.kafka.replication and stream.kafka.retention; for another number of partitions name a new topic, because models would move to other partitions.",
    },
  );
}

function usedOtherwise({ topic, partitions }: TopicSpec, used: number): KafkaStreamError {
  return new KafkaStreamError(
    "DW_STREAM_TOPIC_MISMATCH",
    `topic ${topic} is used with ${used} partitions, the configuration says ${partitions}: models would move to other partitions, and records would stay unread`,
    {
      hint: `Set stream.partitions to ${used}. For another number name a new topic in stream.kafka.topic as well: detection starts anew on it.`,
    },
  );
}

export function recreated(topic: string): KafkaStreamError {
  return new KafkaStreamError(
    "DW_STREAM_RECREATED",
    `topic ${topic} is not the one that the store remembers: it was deleted and created again`,
    {
      hint: "If these are the right brokers, name a new topic in stream.kafka.topic: detection starts anew on it. The positions in the store do not fit this topic.",
    },
  );
}

export function truncated(topic: string, partition: number): KafkaStreamError {
  return new KafkaStreamError(
    "DW_STREAM_TRUNCATED",
    `topic ${topic} partition ${partition} ends before what detection has already read: the brokers lost records`,
    {
      hint: "Find out what the brokers lost (an unclean leader election, a disk restored from a copy), then name a new topic in stream.kafka.topic.",
    },
  );
}
