import { expect, it } from "vitest";
import { dockerTestable } from "../programs/docker.ts";
import { kafkaForTests } from "../programs/kafka.ts";
import { type EndToEndResult, endToEnd, promised } from "./end-to-end.ts";

const testable = (await dockerTestable()) && (await kafkaForTests());
const said: string[] = [];

it.runIf(testable)(
  "restarts three times, refuses the fourth on the ticket, and remembers all of it after kill -9",
  async () => {
    const result: EndToEndResult = await endToEnd((line) => void said.push(line)).catch(
      (error: unknown) => {
        throw new Error(`after:\n${said.join("\n")}`, { cause: error });
      },
    );
    expect(result).toEqual(promised);
  },
  600_000,
);
