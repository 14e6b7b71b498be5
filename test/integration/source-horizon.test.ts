import { Client } from "pg";
import { expect, it } from "vitest";
import { World } from "../detection/streams.ts";
import { acceleratedClock } from "../fakes/accelerated-clock.ts";
import { eventually } from "../programs/eventually.ts";
import { keptLog, withSource } from "../programs/source.ts";

const sources = withSource();

/** A minute of the clock is a tenth of a second. */
const rate = 600;
const cadenceMs = 5 * 60_000;

it("a long transaction is said once with its age, and no model that goes on writing is called silent", async () => {
  const source = await sources.newSource();
  const clock = acceleratedClock(rate);
  const { logger, lines } = keptLog();
  const options = { pollIntervalMs: 15_000, horizonWarnMs: 4 * cadenceMs };
  const run = sources.run(source.readonlyUrl, { clock, logger }, options);
  await run.ticks(1);
  const writer = new Client({ connectionString: source.url });
  const other = new Client({ connectionString: sources.postgres.server.url });
  await Promise.all([writer.connect(), other.connect()]);
  const write = async (attributions: number): Promise<void> => {
    for (let i = 0; i < attributions; i += 1) {
      await writer.query(
        `INSERT INTO explainability_metrics
         SELECT $1::timestamptz, 'f' || k, exp(-0.3 * k) * (1 + 0.05 * random()) FROM generate_series(1, 5) k`,
        [new Date(clock.now()).toISOString()],
      );
      await clock.sleep(cadenceMs);
    }
  };
  /** What detection makes of everything sent so far. */
  const world = new World();
  let applied = 0;
  const silences = (): number => {
    for (const record of run.sink.records.slice(applied)) world.apply(record);
    applied = run.sink.records.length;
    return world.opened.filter((episode) => episode.kind === "silent").length;
  };

  await write(12);
  await eventually(() => expect(run.sink.rows.length).toBe(60));
  await other.query("BEGIN; SELECT pg_current_xact_id()");
  await write(8);
  expect(run.sink.rows.length).toBe(60);
  expect(await run.registry.metrics()).toMatch(
    new RegExp(`horizon_age_seconds\\{source="main"\\} ${"\\d".repeat(4)}`),
  );
  expect(silences()).toBe(0);
  await other.query("COMMIT");
  await eventually(() => expect(run.sink.rows.length).toBe(100));
  await write(2);
  await run.ticks(3);
  expect(silences()).toBe(0);
  const said = lines.flatMap((line) => /"msg":"(watermark[^"]*)"/.exec(line)?.[1] ?? []);
  expect(said).toEqual(["watermark held back", "watermark moves again"]);
  expect(lines.find((line) => line.includes("held back"))).toMatch(/"age_seconds":[1-9]\d+/);

  // The counter-proof: a writer that stops is silent.
  await eventually(() => expect(silences()).toBe(1));
  await Promise.all([writer.end(), other.end()]);
});
