/** Proof that chaos bites: runs on programs with one thing taken out, each of which fails for it. They wait side by side. */
import { describe, expect, it } from "vitest";
import { type ChaosOptions, type ChaosOutcome, chaos } from "../chaos/chaos.ts";
import { type Change, makeMutant } from "../chaos/mutant.ts";
import { explained } from "../programs/explained.ts";
import { kafkaForTests } from "../programs/kafka.ts";

const withKafka = await kafkaForTests();
const testMs = 900_000;

interface Trial extends Pick<ChaosOptions, "stream" | "faults" | "only"> {
  readonly notices: (outcome: ChaosOutcome) => boolean;
}

/** Whether chaos noticed the changes: "noticed", or the story of the run. */
async function judge(changes: readonly Change[], { notices, ...trial }: Trial): Promise<string> {
  const mutant = await makeMutant(changes);
  const said: string[] = [];
  try {
    const quick = { seed: 1, timeoutMs: 10_000, holdsModels: false, dist: mutant.dist };
    const say = (line: string): void => void said.push(line);
    const outcome = await explained(said, () => chaos({ ...trial, ...quick, say }));
    return notices(outcome) ? "noticed" : [...said, ...outcome.wrong].join("\n");
  } finally {
    await mutant.remove();
  }
}

describe.concurrent("a chaos run", () => {
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
      const verdict = await judge(changes, {
        stream: "kafka",
        faults: 6,
        only: ["daemon paused"],
        notices: ({ wrong }) => wrong.some((line) => /the state of .* went back/.test(line)),
      });
      expect(verdict).toBe("noticed");
    },
    testMs,
  );

  it(
    "fails a program that repeats an effect whose outcome is unknown",
    async () => {
      const changes = [
        {
          file: "tickets/creation.js",
          from: "if (attempt.unknown || unknownSince.has(own))",
          to: "if (false)",
        },
      ];
      const verdict = await judge(changes, {
        stream: "postgres",
        // The first that is written is a new ticket.
        faults: 1,
        only: ["jira 503 after effect"],
        notices: ({ wrong }) =>
          wrong.some((line) => line.includes("two tickets carry driftwarden-ticket-")),
      });
      expect(verdict).toBe("noticed");
    },
    testMs,
  );
});
