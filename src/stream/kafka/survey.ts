/** Checks the brokers and the topic for `check` and the daemon's probes, and writes nothing. */

import { createSecureContext } from "node:tls";
import type { Admin } from "kafkajs";
import { type CheckFinding, failed, fine, wrong } from "../../finding.ts";
import { counted } from "../../plural.ts";
import { type KafkaConnection, kafkaClient } from "./client.ts";
import { diagnosed } from "./diagnosis.ts";
import { rightsHint } from "./errors.ts";
import { missingRights } from "./rights.ts";
import { lookAtTopic, type TopicSpec } from "./topic.ts";
import { atMost } from "./waiting.ts";

export interface KafkaSurvey extends KafkaConnection, TopicSpec {
  readonly groupId: string;
}

const key = "stream.kafka";

/** @returns at least one finding; never throws */
export async function surveyKafka(survey: KafkaSurvey): Promise<readonly CheckFinding[]> {
  let admin: Admin | undefined;
  try {
    readFiles(survey);
    const kafka = kafkaClient(survey, { sessionTimeoutMs: 10_000, retries: 1 });
    admin = kafka.admin();
    await admin.connect();
    const { brokers } = await admin.describeCluster();
    const missing = await missingRights(kafka, survey);
    if (missing.length > 0) return missing.map((right) => mayNot(right, survey));
    const topic = await lookAtTopic(admin, survey);
    const many = counted(brokers.length, "broker");
    return [fine("topic", `Kafka at ${survey.brokers.join(", ")}, ${many}; ${topic}`)];
  } catch (error) {
    return [failed("topic", await diagnosed(error, survey), key)];
  } finally {
    if (admin !== undefined) await atMost(1000, admin.disconnect());
  }
}

/** Reads the files first. So an unusable file is reported with its own error, not with kafkajs's. */
function readFiles({ ssl, sasl }: KafkaSurvey): void {
  if (typeof ssl === "function") createSecureContext(ssl());
  sasl?.password();
}

function mayNot(right: string, { sasl }: KafkaSurvey): CheckFinding {
  const user = sasl === undefined ? "this client" : `user ${sasl.username}`;
  const message = `Kafka does not let ${user} ${right}`;
  return wrong("rights", { code: "DW_STREAM_NOT_ALLOWED", message, hint: rightsHint, key });
}
