/** The adapter at a server that answers with drawn bytes: what comes is read, or refused in the adapter's own words. */
import { fc } from "@fast-check/vitest";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { paragraph, words } from "../../../src/messages/message.ts";
import { TrackerError } from "../../../src/tickets/errors.ts";
import type { Jira } from "../../../src/tickets/jira/jira.ts";
import { fuzz, HostileByteServer, hostileAnswers } from "../../fakes/hostile-answers.ts";
import { openExample, token } from "./open-example.ts";

const says = [[paragraph(words("d"))]];
const issue = { summary: "s", description: says, labels: ["driftwarden"], priority: undefined };
const fields = {
  summary: "s",
  description: "d",
  labels: ["driftwarden"],
  status: { statusCategory: { key: "new" } },
  resolution: null,
};
const found = { id: "1", key: "IR-1", fields };
const known = {
  id: "1",
  key: "IR-1",
  summary: "s",
  description: "d",
  labels: ["driftwarden"],
  done: false,
  wontFix: false,
  url: "http://jira/browse/IR-1",
};
const keys =
  "id key fields labels summary description status statusCategory resolution name comments total body issues transitions to errorMessages errors project accountId nextPageToken isLast startAt".split(
    " ",
  );
const whole = [
  found,
  { issues: [found], total: 1, isLast: true },
  { comments: [{ id: "7", body: "x" }], total: 1, startAt: 0, maxResults: 100 },
  { id: "7", body: "x" },
  { transitions: [{ id: "5", name: "Done", to: fields.status }] },
  { name: "bot", accountId: "a", active: true },
  { errorMessages: ["No."], errors: { labels: "no" } },
];

/** Deadlines pass when a connection is left in silence: a busy machine brings none nearer. */
const deadlineMs = 1000;
const server = new HostileByteServer(() => void vi.advanceTimersByTime(deadlineMs));
let jira: Jira;
beforeAll(async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const port = await server.listen({ host: "127.0.0.1", port: 0 });
  jira = openExample(`http://127.0.0.1:${port}`, { deadlineMs });
});
afterAll(async () => {
  vi.useRealTimers();
  await server.close();
});

const calls: readonly ((given: Jira) => Promise<unknown>)[] = [
  (given) => given.ping(),
  (given) => given.create(issue),
  (given) => given.get("1"),
  (given) => given.findByLabel("driftwarden"),
  (given) => given.findAmongNewest(() => true),
  (given) => given.openIds("driftwarden"),
  (given) => given.comments("1"),
  (given) => given.addComment("1", says),
  (given) => given.update(known, { summary: "t" }),
  (given) => given.link("IR-1", "IR-2"),
  (given) => given.close("1"),
  (given) => given.reopen("1"),
  (given) => given.probe(),
];

/** One drawn answer for each of the calls. @returns what each came to */
async function attack(seed: number): Promise<readonly unknown[]> {
  server.answers = fc.sample(hostileAnswers(keys, whole), { seed, numRuns: 4 * calls.length });
  return await Promise.all(
    calls.map((call) =>
      call(jira).then(
        () => "read",
        (error: unknown) => error,
      ),
    ),
  );
}

describe("the Jira adapter at a server that answers with drawn bytes", () => {
  it(
    "reads what comes or names its error, whatever comes, and takes no endless answer",
    async () => {
      const errors: unknown[] = [];
      let read = 0;
      for (let round = 0; round < 30 * fuzz.effort; round += 1)
        for (const result of await attack(fuzz.seed + round))
          if (result === "read") read += 1;
          else errors.push(result);
      const unclassified = errors.filter((error) => !(error instanceof TrackerError));
      expect(unclassified).toEqual([]);
      expect(JSON.stringify(errors)).not.toContain(token);
      expect(read).toBeGreaterThan(0);
      expect(errors.length).toBeGreaterThan(read);
      expect(server.longest).toBeLessThan(30_000_000);
    },
    300_000 * fuzz.effort,
  );
});
