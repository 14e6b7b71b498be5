import { expect, it, onTestFinished } from "vitest";
import { fine } from "../../src/finding.ts";
import { startProbe } from "../../src/telemetry/probe.ts";
import { until } from "../programs/eventually.ts";

/** Asks without a pause. @param isWell of the n-th question */
async function asked(count: number, isWell: (n: number) => boolean): Promise<readonly string[]> {
  const questions: string[] = [];
  const asking = (what: string) => async () => {
    questions.push(what);
    return [{ ...fine(what, "answers"), ok: isWell(questions.length) }];
  };
  const both = { look: asking("look"), ping: asking("ping") };
  const probe = startProbe({ ...both, everyMs: 0, againMs: 0 });
  onTestFinished(() => probe.stop());
  await until(() => questions.length >= count);
  return questions.slice(0, count);
}

it("looks at everything every twentieth time, and asks a cheap question meanwhile", async () => {
  const questions = await asked(41, () => true);
  const looks = questions.flatMap((what, n) => (what === "look" ? [n] : []));
  expect(looks).toEqual([0, 20, 40]);
});

it("looks at everything after an answer that something is wrong, until it is well", async () => {
  expect(await asked(6, (n) => n !== 2 && n !== 3)).toEqual([
    "look",
    "ping",
    "look",
    "look",
    "ping",
    "ping",
  ]);
});
