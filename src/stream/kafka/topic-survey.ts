/** Reads the settings of the topic for `driftwarden doctor`, and writes nothing. */
import type { Admin } from "kafkajs";
import { type CheckFinding, failed } from "../../finding.ts";
import { kafkaClient } from "./client.ts";
import { diagnosed } from "./diagnosis.ts";
import type { KafkaSurvey } from "./survey.ts";
import { topicFacts } from "./topic.ts";
import { topicFindings } from "./topic-findings.ts";
import { atMost } from "./waiting.ts";

/** @returns at least one finding; never throws */
export async function surveyTopic(survey: KafkaSurvey): Promise<readonly CheckFinding[]> {
  let admin: Admin | undefined;
  try {
    admin = kafkaClient(survey, { sessionTimeoutMs: 10_000, retries: 1 }).admin();
    await admin.connect();
    return topicFindings(survey.topic, await topicFacts(admin, survey.topic));
  } catch (error) {
    return [failed("settings", await diagnosed(error, survey), "stream.kafka")];
  } finally {
    if (admin !== undefined) await atMost(1000, admin.disconnect());
  }
}
