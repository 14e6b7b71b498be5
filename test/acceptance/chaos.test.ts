import { expect, it } from "vitest";
import { chaos } from "../chaos/chaos.ts";
import { kindsIn } from "../chaos/faults.ts";
import { kafkaForTests } from "../programs/kafka.ts";

const dist = new URL("../../dist", import.meta.url).pathname;
const said: string[] = [];
/** What scripts read in the last line of `--json`. */
const keys =
  "seed faults by_kind rows lost duplicated state_equal tickets_expected tickets comments_duplicated runs_expected runs longest_recovery_s".split(
    " ",
  );

it.runIf(await kafkaForTests())(
  "loses nothing and does nothing twice through forty faults, every kind at least once",
  async () => {
    const say = (line: string): void => void said.push(line);
    const { result, wrong } = await chaos({
      faults: 40,
      seed: 4,
      stream: "kafka",
      dist,
      say,
    }).catch((error: unknown) => {
      throw new Error(`after:\n${said.join("\n")}`, { cause: error });
    });
    expect({ wrong, said: wrong.length > 0 ? said : [] }).toEqual({ wrong: [], said: [] });
    const disk = !said.some((line) => line.startsWith("left out: the store's disk"));
    const kinds = kindsIn({ kafka: true, disk });
    expect(Object.keys(result.by_kind).toSorted()).toEqual([...kinds].toSorted());
    expect(Object.keys(result)).toEqual(keys);
    expect(result).toMatchObject({ faults: 40, lost: 0, duplicated: 0, state_equal: true });
    expect(result.tickets).toBe(result.tickets_expected);
    expect(result.runs).toBe(result.runs_expected);
  },
  300_000,
);

it("loses nothing and does nothing twice through ten faults on the log in the store (FR-M3)", async () => {
  const lines: string[] = [];
  const { result, wrong } = await chaos({
    faults: 10,
    seed: 4,
    stream: "postgres",
    dist,
    say: (line) => void lines.push(line),
  });
  expect({ wrong, said: wrong.length > 0 ? lines : [] }).toEqual({ wrong: [], said: [] });
  expect(result).toMatchObject({ faults: 10, lost: 0, duplicated: 0, state_equal: true });
}, 300_000);
