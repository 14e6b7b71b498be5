/** A response that is lost, delayed or doubled, at each request of a whole conversation. */
import { describe, expect, it } from "vitest";
import { conversation, manyWords } from "./faulty-conversation.ts";

const calm = await conversation();

function counts(all: readonly (string | undefined)[]): ReadonlyMap<string | undefined, number> {
  const found = new Map<string | undefined, number>();
  for (const one of all) found.set(one, (found.get(one) ?? 0) + 1);
  return found;
}

describe("a conversation of comments and acts in Jira", () => {
  it("carries out each of its words, and answers them in one comment", () => {
    const said = calm.done.map((one) => one.split(" ")[1]);
    const wanted = [
      ...manyWords.map((words) => words.split(" ")[1]),
      "status",
      "note",
      "assign",
      "severity",
      "close",
      "reopen",
    ];
    expect(counts(said)).toEqual(counts(wanted));
    expect(calm.answers).toHaveLength(1);
    expect(calm.answers[0]).toContain("sarah approved KRTV");
    expect(calm.answers[0]).toContain("sarah closed IR-1 in the tracker");
  });

  it.each([
    { answer: "drop" },
    { answer: "drop", afterEffect: true },
    { answer: "late" },
    { answer: "doubled" },
  ] as const)("does each once and answers each once, whichever request meets %j", async (fault) => {
    let met = 0;
    for (let after = 0; after < calm.requests; after += 1) {
      const { done, answers } = await conversation({
        ...fault,
        after,
        onMet: () => void (met += 1),
      });
      expect([after, done, answers]).toEqual([after, calm.done, calm.answers]);
    }
    expect(met).toBe(calm.requests);
  });
});
