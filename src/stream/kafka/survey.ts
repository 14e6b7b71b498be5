/** Checks the brokers and the topic for `check` and the daemon's probes, and writes nothing. */
import type { Admin } from "kafkajs";
import { type CheckFinding, failed, fine } from "../../finding.ts";
import { type KafkaConnection, kafkaClient } from "./client.ts";
import { asKafkaError } from "./errors.ts";
import { lookAtTopic, type TopicSpec } from "./topic.ts";
import { atMost } from "./waiting.ts";

type KafkaSurvey = KafkaConnection & TopicSpec;

const key = "stream.kafka";

/** @returns what was found, one finding at least; never throws */
export async function surveyKafka(survey: KafkaSurvey): Promise<readonly CheckFinding[]> {
  let admin: Admin | undefined;
  try {
    admin = kafkaClient(survey, { sessionTimeoutMs: 10_000, retries: 1 }).admin();
    await admin.connect();
    const { brokers } = await admin.describeCluster();
    const topic = await lookAtTopic(admin, survey);
    const many = brokers.length === 1 ? "1 broker" : `${brokers.length} brokers`;
    return [fine("topic", `Kafka at ${survey.brokers.join(", ")}, ${many}; ${topic}`)];
  } catch (error) {
    return [failed("topic", asKafkaError(error, survey), key)];
  } finally {
    if (admin !== undefined) await atMost(1000, admin.disconnect());
  }
}
