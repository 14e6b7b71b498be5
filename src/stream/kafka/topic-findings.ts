/** The findings of `driftwarden doctor` about the settings of the topic. Pure. */
import { formatDuration } from "../../duration.ts";
import { type CheckFinding, doubtful, fine } from "../../finding.ts";
import type { TopicFacts } from "./topic.ts";

const key = "stream.kafka";

/** @param facts undefined while there is no topic */
export function topicFindings(
  topic: string,
  facts: TopicFacts | undefined,
): readonly CheckFinding[] {
  if (facts === undefined)
    return [fine("settings", "the first start makes the topic as it should be")];
  const problems = problemsOf(facts);
  if (problems.length === 0) return [fine("settings", settingsText(facts))];
  return problems.map(([message, hint]) =>
    doubtful("settings", {
      message: `topic ${topic}: ${message}`,
      hint,
      key,
      ask: "Kafka's administrator",
    }),
  );
}

const valueOf = ({ config }: TopicFacts, name: string): string =>
  config.get(name)?.value ?? "unknown";

function settingsText(facts: TopicFacts): string {
  const kept = Number(valueOf(facts, "retention.ms"));
  const retention = kept < 0 ? "without end" : formatDuration(kept);
  return [
    `${facts.partitions} partitions`,
    `replication ${facts.replication}`,
    `min.insync.replicas ${valueOf(facts, "min.insync.replicas")}`,
    `cleanup.policy ${valueOf(facts, "cleanup.policy")}`,
    `records are kept ${retention}`,
  ].join(", ");
}

type TopicDoubt = readonly [message: string, hint: string];

function problemsOf(facts: TopicFacts): readonly TopicDoubt[] {
  const { replication } = facts;
  const insync = Number(valueOf(facts, "min.insync.replicas"));
  const found: TopicDoubt[] = [];
  if (valueOf(facts, "message.timestamp.type") !== "LogAppendTime")
    found.push([
      "message.timestamp.type is not LogAppendTime, so a wrong clock of one process delays what silence means",
      "Set message.timestamp.type=LogAppendTime on the topic.",
    ]);
  if (valueOf(facts, "cleanup.policy") !== "delete")
    found.push([
      `cleanup.policy is ${valueOf(facts, "cleanup.policy")}: records are lost that were not read yet`,
      "Set cleanup.policy=delete on the topic.",
    ]);
  if (replication > 1 && insync >= replication)
    found.push([
      `min.insync.replicas ${insync} of ${replication} replicas: nothing can be written while one broker is down`,
      `Set min.insync.replicas=${replication - 1} on the topic.`,
    ]);
  if (replication > 2 && insync < 2)
    found.push([
      "min.insync.replicas is 1: a record that was taken is lost with its one broker",
      "Set min.insync.replicas=2 on the topic.",
    ]);
  return found;
}
