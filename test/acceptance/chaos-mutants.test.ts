import { describe, expect, it } from "vitest";
import { type ChaosOutcome, chaos } from "../chaos/chaos.ts";
import { type Change, makeMutant } from "../chaos/mutant.ts";
import { kafkaForTests } from "../programs/kafka.ts";

const withKafka = await kafkaForTests();

interface Trial {
  readonly stream: "kafka" | "postgres";
  readonly faults: number;
  readonly only: readonly string[];
}

const silently = (): void => undefined;

async function outcomeOf(changes: readonly Change[], trial: Trial): Promise<ChaosOutcome> {
  const mutant = await makeMutant(changes);
  try {
    return await chaos({ ...trial, seed: 1, dist: mutant.dist, say: silently, timeoutMs: 10_000 });
  } finally {
    await mutant.remove();
  }
}

describe("a chaos run", () => {
  it.runIf(withKafka)(
    "fails a program that skips the fence of a partition's epoch",
    async () => {
      const changes = [
        {
          file: "store/states/save.js",
          from: "and epoch = $3 for key share",
          to: "and $3::bigint is not null for key share",
        },
        {
          file: "store/partitions/claim.js",
          from: "and epoch = $3 returning",
          to: "and $3::bigint is not null returning",
        },
      ];
      const trial = { stream: "kafka", faults: 6, only: ["daemon paused"] } as const;
      const { wrong } = await outcomeOf(changes, trial);
      expect(wrong.join("\n")).toMatch(/the state of .* went back/);
    },
    240_000,
  );

  it("fails a program that repeats an effect whose outcome is unknown", async () => {
    const changes = [
      {
        file: "tickets/comments.js",
        from: "if (await findComment(issue, comment.mark, work))",
        to: "if ((await findComment(issue, comment.mark, work)) && false)",
      },
    ];
    const trial = { stream: "postgres", faults: 3, only: ["jira 503 after effect"] } as const;
    const { result } = await outcomeOf(changes, trial);
    expect(result.comments_duplicated).toBeGreaterThan(0);
  }, 240_000);
});
