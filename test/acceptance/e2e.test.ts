import { expect, it } from "vitest";
import { dockerTestable } from "../programs/docker.ts";
import { explained } from "../programs/explained.ts";
import { kafkaForTests } from "../programs/kafka.ts";
import { endToEnd, promised } from "./end-to-end.ts";

const testable = (await dockerTestable()) && (await kafkaForTests());
const said: string[] = [];

it.runIf(testable)(
  "restarts three times, refuses the fourth on the ticket, and remembers all of it after kill -9",
  async () => {
    const result = await explained(said, () => endToEnd((line) => void said.push(line)));
    expect(result).toEqual(promised);
  },
);
