import { expect, it } from "vitest";
import { chaos } from "../chaos/chaos.ts";
import { kafkaForTests } from "../programs/kafka.ts";

const dist = new URL("../../dist", import.meta.url).pathname;
const said: string[] = [];

it.runIf(await kafkaForTests())(
  "loses nothing and does nothing twice through forty faults, every kind at least twice",
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
    expect(result).toMatchObject({ faults: 40, lost: 0, duplicated: 0, state_equal: true });
    expect(result.tickets).toBe(result.tickets_expected);
    expect(result.runs).toBe(result.runs_expected);
  },
  300_000,
);
