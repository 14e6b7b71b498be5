/** Pictures on tickets: a real store and source, and a Jira of its own that loses answers and repeats requests. */
import { pino } from "pino";
import { describe, expect, it, onTestFinished } from "vitest";
import { systemClock } from "../../src/clock.ts";
import { timerExecutor } from "../../src/incidents/executor.ts";
import { recordEvents } from "../../src/incidents/record-events.ts";
import { orderKeys } from "../../src/outbox/executor.ts";
import type { JiraFault } from "../../src/sandbox/jira/fault.ts";
import { type JiraSandboxOptions, startJiraSandbox } from "../../src/sandbox/jira/server.ts";
import { readRecent } from "../../src/source/recent.ts";
import { pictureExecutor } from "../../src/tickets/picture/executor.ts";
import { createPicturing, type MakePicture } from "../../src/tickets/picture/picturing.ts";
import { episodeOpened } from "../fakes/episodes.ts";
import { allDone, outboxOf } from "../programs/effects.ts";
import { until } from "../programs/eventually.ts";
import { sql } from "../programs/postgres.ts";
import { productTickets } from "../programs/product-executors.ts";
import { sourceOptions, withSource } from "../programs/source.ts";
import { withStore } from "../programs/store.ts";
import { openExample } from "../tickets/jira/open-example.ts";

const stores = withStore();
const sources = withSource();

const made: MakePicture = async () => ({
  png: Buffer.from("picture"),
  lines: ["credit_score  ▇▇▁  31 % → 4.9 %"],
});

/** The ticket of one incident, once everything that was promised about it is done. */
async function ticketOf(options: JiraSandboxOptions, faults: readonly JiraFault[] = []) {
  const store = await stores.open();
  const sandbox = await startJiraSandbox(options);
  for (const fault of faults) sandbox.fault(fault);
  const tracker = openExample(sandbox.url);
  const logger = pino({ enabled: false });
  const picturing = createPicturing({ tracker, logger, make: made });
  const executors = [productTickets({ tracker }), pictureExecutor(picturing), timerExecutor];
  const hour = 3_600_000;
  const recording = {
    clock: systemClock,
    orderKeyOf: orderKeys(executors),
    settings: {
      resolveAfterMs: hour,
      reopenDurationMs: hour,
      healthAfterMs: hour,
      ticketed: true,
      pictures: true,
      fixesFor: () => [],
    },
  };
  const worker = outboxOf(store, executors, { recording, owner: "test-pictures" });
  worker.start();
  onTestFinished(async () => {
    await worker.stop();
    await sandbox.stop();
  });
  const event = episodeOpened({ at: Date.now() * 1000, newestRow: Date.now() * 1000 });
  await store.transaction((tx) => recordEvents(tx, [{ event }], recording));
  await until(async () => sandbox.issues().length === 1 && (await allDone(store)));
  return { issue: sandbox.issues()[0]!, mails: sandbox.mails("IR-1") };
}

const post = { method: "POST", path: /attachments$/ } as const;

describe("the picture of a ticket", () => {
  it.each<["Cloud" | "Server", string, readonly JiraFault[]]>([
    ["Cloud", "nothing goes wrong", []],
    [
      "Server",
      "the answer to the attachment is lost",
      [{ ...post, answer: "drop", afterEffect: true }],
    ],
    ["Cloud", "a proxy sends the attachment twice", [{ ...post, answer: "doubled" }]],
    [
      "Server",
      "the answer to the edit is lost",
      [{ method: "PUT", answer: "drop", afterEffect: true }],
    ],
    [
      "Server",
      "the files cannot be read at first",
      [{ path: /issue\/\d+$/, after: 2, answer: "failed" }],
    ],
  ])(
    "is attached once and shown by the ticket, on %s, when %s",
    async (deployment, _when, faults) => {
      const { issue } = await ticketOf({ deployment }, faults);
      const [picture, ...others] = issue.attachments;
      expect(others).toEqual([]);
      expect(picture?.name).toMatch(/^driftwarden-1-[\da-f]{8}\.png$/);
      expect(issue.description).toContain(`!${picture?.name}|width=720!`);
      expect(issue.comments).toEqual([]);
    },
  );

  it.each<["Cloud" | "Server", JiraSandboxOptions]>([
    ["Cloud", { mostAttachedBytes: 1 }],
    ["Server", { mostAttachedBytes: 0 }],
  ])(
    "is lines of text on a %s that takes none, and the ticket is complete",
    async (deployment, options) => {
      const { issue, mails } = await ticketOf({ deployment, ...options });
      expect(issue.attachments).toEqual([]);
      expect(issue.description).toContain(
        "{noformat}\ncredit_score  ▇▇▁  31 % → 4.9 %\n{noformat}",
      );
      expect(issue.description).toContain("What changed");
      expect(mails).toBe(1);
    },
  );
});

describe("the rows of a picture", () => {
  it("are the newest ones of the model within the time, and never more than asked for", async () => {
    const source = await sources.newSource();
    await sql(
      source.url,
      `ALTER TABLE explainability_metrics ADD COLUMN model text;
       INSERT INTO explainability_metrics ("timestamp", feature_name, importance, model)
       SELECT '2026-11-26 12:00Z'::timestamptz - i * interval '1 hour', 'age', i, m
       FROM generate_series(0, 9) i, unnest(array['churn', 'fraud']) m`,
    );
    const columns = { timestamp: "timestamp", feature: "feature_name", importance: "importance" };
    const options = sourceOptions(source.readonlyUrl, { columns: { ...columns, model: "model" } });
    const noon = Date.parse("2026-11-26T12:00:00Z");
    const asked = { model: "churn", fromMs: noon - 6 * 3_600_000, untilMs: noon - 3_600_000 };
    const rows = await readRecent(options, { ...asked, maxRows: 3, timeoutMs: 10_000 });
    expect(rows.map(({ importance }) => importance)).toEqual([1, 2, 3]);
    const all = await readRecent(options, { ...asked, maxRows: 100, timeoutMs: 10_000 });
    expect(all.map(({ importance }) => importance)).toEqual([1, 2, 3, 4, 5]);
    await sql(
      source.url,
      `UPDATE explainability_metrics SET model = model || CASE WHEN importance < 3 THEN '-v8' ELSE '-v7' END;
       UPDATE explainability_metrics SET model = 'churn-vx' WHERE importance = 5`,
    );
    const versions = { ...options, versionedNames: "{name}-v{version}" };
    const newest = await readRecent(versions, { ...asked, maxRows: 100, timeoutMs: 10_000 });
    expect(newest.map(({ importance }) => importance)).toEqual([1, 2, 3, 4]);
    await sql(
      source.url,
      "UPDATE explainability_metrics SET model = 'churn-v7-v' || importance WHERE importance = 1",
    );
    const two = await readRecent(versions, { ...asked, maxRows: 2, timeoutMs: 10_000 });
    expect(two.map(({ importance }) => importance)).toEqual([2, 3]);
  });
});
