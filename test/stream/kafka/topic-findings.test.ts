/** The line of `driftwarden doctor` about the topic: green, and red in every way. */
import { describe, expect, it } from "vitest";
import type { TopicFacts } from "../../../src/stream/kafka/topic.ts";
import { topicFindings } from "../../../src/stream/kafka/topic-findings.ts";

const right: Readonly<Record<string, string>> = {
  "message.timestamp.type": "LogAppendTime",
  "cleanup.policy": "delete",
  "min.insync.replicas": "2",
  "retention.ms": "604800000",
};

function facts(changed: Readonly<Record<string, string>> = {}, replication = 3): TopicFacts {
  const entries = Object.entries({ ...right, ...changed });
  const config = new Map(entries.map(([name, value]) => [name, { value, ownValue: true }]));
  return { partitions: 12, replication, config };
}

describe("the line of doctor about the topic", () => {
  it("is green with its settings, and before there is a topic", () => {
    expect(topicFindings("t", facts())).toMatchObject([
      {
        ok: true,
        doubtful: false,
        message:
          "12 partitions, replication 3, min.insync.replicas 2, cleanup.policy delete, records are kept 7d",
      },
    ]);
    expect(topicFindings("t", undefined)).toMatchObject([{ ok: true, doubtful: false }]);
    expect(topicFindings("t", facts({ "retention.ms": "-1" }))[0]?.message).toContain(
      "without end",
    );
  });

  it.each<[Readonly<Record<string, string>>, number, string]>([
    [{ "message.timestamp.type": "CreateTime" }, 3, "message.timestamp.type"],
    [{ "cleanup.policy": "compact" }, 3, "cleanup.policy is compact"],
    [{ "min.insync.replicas": "3" }, 3, "nothing can be written while one broker is down"],
    [{ "min.insync.replicas": "1" }, 3, "lost with its one broker"],
  ])("was red: %j of %i replicas", (changed, replication, says) => {
    expect(topicFindings("t", facts(changed, replication))).toMatchObject([
      {
        check: "settings",
        doubtful: true,
        message: expect.stringContaining(says),
        hint: expect.stringContaining("on the topic"),
        ask: "Kafka's administrator",
      },
    ]);
  });

  it("does not ask one broker for more than it can", () => {
    const alone = facts({ "min.insync.replicas": "1" }, 1);
    expect(topicFindings("t", alone)).toMatchObject([{ doubtful: false }]);
  });
});
