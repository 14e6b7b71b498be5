/**
 * A group that is upgraded from the version before to this one, daemon by daemon, and rolled back, while rows are
 * written.
 *
 * The two versions share one stream, one store and the leases in it. After each change the group holds every partition,
 * each daemon is ready, and rows of every model are seen again. In the end no row is lost or doubled, each episode was
 * opened and closed once, and each ticket, comment and restart that the decisions ask for came about once.
 *
 * Decisions and saved states are not compared with one pass of this version, as for a group of one version. Two versions
 * may decide differently: each state names the rules by which it was saved.
 */
import { beforeAll, describe, expect, it } from "vitest";
import { createLifecycle } from "../../src/app/lifecycle.ts";
import { systemClock } from "../../src/clock.ts";
import { migrations } from "../../src/store/migrations/migrate.ts";
import type { DaemonProcess } from "../chaos/daemon-process.ts";
import { Group, patientMs, testMs } from "../chaos/group.ts";
import { runCommand } from "../programs/command.ts";
import { kafkaForTests } from "../programs/kafka.ts";
import { sql } from "../programs/postgres.ts";
import { buildVersionBefore, hasVersionBefore } from "../programs/version-before.ts";

const withKafka = await kafkaForTests();
const streams = withKafka ? (["kafka", "postgres"] as const) : (["postgres"] as const);

/** One daemon by one of the other version, and the group works again. */
async function replace(group: Group, daemon: DaemonProcess, by?: string): Promise<DaemonProcess> {
  await group.remove(daemon, "stop");
  const joined = await group.join(by);
  group.breakSome();
  expect(await group.settledMs()).toBeLessThan(patientMs);
  return joined;
}

describe.runIf(await hasVersionBefore())("a group of the version before and this one", () => {
  let before: string;
  beforeAll(async () => {
    ({ program: before } = await buildVersionBefore());
  });

  /** Daemon by daemon, or refused with what to do, if this version's schema does not admit the one before. */
  async function rollBack(
    group: Group,
    daemons: readonly DaemonProcess[],
    known: number,
  ): Promise<void> {
    const { version, min_version: oldest } = await metaOf(group);
    expect(version).toBe(migrations.length);
    if (Number(oldest) <= known) {
      for (const daemon of daemons) await replace(group, daemon, before);
      return;
    }
    const run = ["run", "--config", group.configFile];
    const { code, out, err } = await runCommand(run, { program: before });
    expect(`${out}${err}`).toContain("Install the newer Driftwarden again, or restore the store");
    expect(code).not.toBe(0);
  }

  // They mostly wait.
  it.concurrent.each(streams)(
    "is upgraded and rolled back one by one on the stream in %s, loses nothing and does nothing twice",
    async (stream) => {
      const lifecycle = createLifecycle({ clock: systemClock, stopDeadlineMs: 120_000 });
      try {
        const group = await Group.start({ stream, seed: 20, first: before, lifecycle });
        group.calm();
        const { version: known } = await metaOf(group);
        const old = [await group.join(before), await group.join(before)];
        await group.settledMs();
        const upgraded: DaemonProcess[] = [];
        for (const daemon of old) upgraded.push(await replace(group, daemon));
        await rollBack(group, upgraded, Number(known));
        const { wrong, stream: seen, effects } = await group.verdict({ mixed: true });
        expect(wrong).toEqual([]);
        expect(seen).toMatchObject({ lost: 0, duplicated: 0 });
        expect([effects.tickets > 0, effects.runs > 0]).toEqual([true, true]);
      } finally {
        await lifecycle.stop();
      }
    },
    testMs,
  );
});

async function metaOf({ storeUrl }: Group): Promise<Readonly<Record<string, unknown>>> {
  const [meta] = await sql(storeUrl, "SELECT version, min_version FROM driftwarden.meta");
  return meta ?? {};
}
