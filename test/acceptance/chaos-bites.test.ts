/**
 * Proof that the chaos test detects defects: each run uses a program with one part removed, and must fail. The runs
 * mostly wait, so they run concurrently. Each change tries a defect of the stream and one of the effects, the night all.
 */
import { describe, expect, it } from "vitest";
import { actedUnasked } from "../chaos/approvals-oracle.ts";
import { type ChaosOptions, chaos } from "../chaos/chaos.ts";
import { doneTwice } from "../chaos/conversation-oracle.ts";
import { type Change, makeMutant } from "../chaos/mutant.ts";
import { madeTwice } from "../chaos/open-tickets-oracle.ts";
import { statesGoneBack } from "../chaos/recording.ts";
import { countRows, total } from "../chaos/row-counters.ts";
import { explained } from "../programs/explained.ts";
import { kafkaForTests } from "../programs/kafka.ts";
import { tried } from "../programs/nightly.ts";

const withKafka = await kafkaForTests();
const testMs = 1_500_000;

/** The timing of a fault depends on the machine, so faults continue until one shows the defect. */
const mostFaults = 40;

interface Trial extends Pick<ChaosOptions, "stream" | "only" | "ungrouped" | "enough"> {
  /** What the changed program does. */
  readonly defect: string;
  readonly changes: readonly Change[];
  /** Must match one of the problems that the run reports. */
  readonly notices: RegExp;
}

const skipsFence: Trial = {
  defect: "skips the fence of a partition's epoch",
  changes: [
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
  ],
  stream: "kafka",
  only: ["daemon paused"],
  enough: async ({ storeUrl }) => (await statesGoneBack(storeUrl)).length > 0,
  notices: /the state of .* went back/,
};

const repeatsEffect: Trial = {
  defect: "repeats an effect whose outcome is unknown",
  changes: [
    {
      file: "tickets/creation.js",
      from: "if (attempt.unknown || unknownSince.has(own))",
      to: "if (false)",
    },
  ],
  stream: "postgres",
  only: ["jira 503 after effect"],
  // The defect shows only at new tickets.
  ungrouped: true,
  enough: async ({ jira }) => madeTwice(jira.issues()).length > 0,
  notices: /two tickets carry driftwarden-ticket-/,
};

const obeysTwice: Trial = {
  defect: "does twice what a person says",
  changes: [
    {
      file: "commands/carry-out.js",
      from: "const lines = await carriedLines(",
      to: "await carriedLines(tx, stored, options);\n    const lines = await carriedLines(",
    },
  ],
  stream: "postgres",
  only: ["jira 503 after effect"],
  enough: async ({ storeUrl }) => (await doneTwice(storeUrl)).length > 0,
  notices: /done twice: say of ticket:\d+#0/,
};

const actsUnasked: Trial = {
  defect: "acts on what nobody has approved",
  changes: [
    {
      file: "healing/gates/approval.js",
      from: "if (answered === undefined)",
      to: "if (answered === undefined)\n        return allowed;\n    if (answered === undefined)",
    },
  ],
  stream: "postgres",
  only: ["models broken together"],
  enough: async ({ storeUrl }) => (await actedUnasked(storeUrl)).length > 0,
  notices: /asked as nothing: nobody was asked/,
};

const countsAgain: Trial = {
  defect: "counts again what an earlier claim counted (FR-B9)",
  changes: [
    {
      file: "detection/engine.js",
      from: "const { facts } = restored;",
      to: "const { facts } = restored; facts.rows.attributed += facts.rows.attributed ?? 0;",
    },
  ],
  stream: "postgres",
  only: ["daemon killed"],
  enough: async (world) => {
    const { became } = await countRows(world);
    // Rows come all the time, so the table is counted after the metrics were read.
    const { inTable } = await countRows(world);
    return total(became) > inTable;
  },
  notices: /of \d+ rows \d+ were counted as read, \d+ by outcome/,
};

const trials = [skipsFence, repeatsEffect, obeysTwice, actsUnasked, countsAgain].filter(
  ({ stream }) => stream !== "kafka" || withKafka,
);
/** The oracles of commands and of approvals have tests of their own. */
const ofEachChange = [skipsFence, repeatsEffect];

/** Whether chaos noticed the changes: "noticed", or the story of the run. */
async function judge({ changes, notices, ...trial }: Trial): Promise<string> {
  const mutant = await makeMutant(changes);
  const said: string[] = [];
  try {
    const quick = { faults: mostFaults, seed: 1, timeoutMs: 10_000, holdsModels: false };
    const { dist } = mutant;
    const say = (line: string): void => void said.push(line);
    const { wrong } = await explained(said, () => chaos({ ...trial, ...quick, dist, say }));
    return wrong.some((line) => notices.test(line)) ? "noticed" : [...said, ...wrong].join("\n");
  } finally {
    await mutant.remove();
  }
}

describe.concurrent("a chaos run", () => {
  const chosen = tried(trials, (trial) => ofEachChange.includes(trial));
  it.each(chosen.map((trial) => [trial.defect, trial] as const))(
    "fails a program that %s",
    async (_defect, trial) => expect(await judge(trial)).toBe("noticed"),
    testMs,
  );
});
