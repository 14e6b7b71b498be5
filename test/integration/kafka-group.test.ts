/** Built daemons of one group on a real broker, with fixes and tickets, while rows are written. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createLifecycle } from "../../src/app/lifecycle.ts";
import { systemClock } from "../../src/clock.ts";
import { Group, settledWithinMs, testMs } from "../chaos/group.ts";
import { kafkaForTests } from "../programs/kafka.ts";

const program = new URL("../../dist/src/main.js", import.meta.url).pathname;

describe.runIf(await kafkaForTests())("three daemons of one group on Kafka", () => {
  const lifecycle = createLifecycle({ clock: systemClock, stopDeadlineMs: 60_000 });
  let group: Group;
  beforeAll(async () => {
    group = await Group.start({ stream: "kafka", seed: 19, first: program, lifecycle });
  });
  afterAll(() => lifecycle.stop());

  it(
    "settle within 30 s when one is killed and when one is added, lose nothing and do nothing twice",
    async () => {
      const first = await group.join();
      await group.join();
      await group.join();
      await group.settledMs();
      expect(await group.owners()).toBe(3);
      await group.remove(first, "kill");
      expect(await group.settledMs(2 * settledWithinMs)).toBeLessThanOrEqual(settledWithinMs);
      await group.join();
      expect(await group.settledMs(2 * settledWithinMs)).toBeLessThanOrEqual(settledWithinMs);
      expect(await group.owners()).toBe(3);
      const { wrong, stream, effects } = await group.verdict();
      expect(wrong).toEqual([]);
      expect(stream).toMatchObject({ lost: 0, duplicated: 0 });
      expect([effects.tickets > 0, effects.runs > 0]).toEqual([true, true]);
    },
    testMs,
  );
});
