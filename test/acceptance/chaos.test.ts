/**
 * Chaos. The two runs mostly wait, so they run concurrently. The time of a recovery depends on the machine here; `npm
 * run chaos` judges it.
 */
import { describe, expect, it } from "vitest";
import { type ChaosOptions, type ChaosOutcome, chaos } from "../chaos/chaos.ts";
import { kindsIn } from "../chaos/faults/registry.ts";
import { explained } from "../programs/explained.ts";
import { kafkaForTests } from "../programs/kafka.ts";

const dist = new URL("../../dist", import.meta.url).pathname;
const withKafka = await kafkaForTests();
/** The keys that scripts read in the last line of `--json`. */
const keys =
  "seed faults by_kind rows lost duplicated state_equal tickets_expected tickets comments_duplicated runs_expected runs proposals approvals denials expiries longest_recovery_s".split(
    " ",
  );
const patience = { timeoutMs: 300_000, allowanceMs: 300_000 } as const;
const testMs = 1_500_000;

interface Said extends ChaosOutcome {
  readonly said: readonly string[];
}

async function outcomeOf(options: Omit<ChaosOptions, "say">): Promise<Said> {
  const said: string[] = [];
  const say = (line: string): void => void said.push(line);
  const outcome = await explained(said, () => chaos({ ...options, say }));
  return { ...outcome, said };
}

/** Fails with the output of the run if something was wrong. */
function expectRight({ wrong, said }: Said): void {
  expect({ wrong, said: wrong.length > 0 ? said : [] }).toEqual({ wrong: [], said: [] });
}

describe.concurrent("chaos", () => {
  it.runIf(withKafka)(
    "loses nothing and does nothing twice through every kind of fault once",
    async () => {
      const most = kindsIn({ kafka: true, disk: true, executor: false }).length;
      const outcome = await outcomeOf({
        faults: most,
        seed: 4,
        stream: "kafka",
        dist,
        ...patience,
      });
      expectRight(outcome);
      const { result, said } = outcome;
      const disk = !said.some((line) => line.startsWith("left out: the store's disk"));
      const kinds = kindsIn({ kafka: true, disk, executor: false });
      expect(Object.keys(result.by_kind).toSorted()).toEqual([...kinds].toSorted());
      expect(Object.keys(result)).toEqual(keys);
      expect(result).toMatchObject({ faults: most, lost: 0, duplicated: 0, state_equal: true });
      expect(result.tickets).toBe(result.tickets_expected);
      expect(result.runs).toBe(result.runs_expected);
    },
    testMs,
  );

  it(
    "loses nothing and does nothing twice through ten faults on the log in the store (FR-M3)",
    async () => {
      const outcome = await outcomeOf({
        faults: 10,
        seed: 4,
        stream: "postgres",
        dist,
        ...patience,
      });
      expectRight(outcome);
      expect(outcome.result).toMatchObject({ faults: 10, lost: 0, duplicated: 0 });
      expect(outcome.result.state_equal).toBe(true);
    },
    testMs,
  );
});
