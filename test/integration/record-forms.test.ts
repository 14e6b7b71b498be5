/** DW_SOURCE_OLDER_PROCESS: records with places are written once every live process of the group can read them. */
import { describe, expect, it } from "vitest";
import { heartbeat } from "../../src/store/members/member.ts";
import { announceForm, processesWithout } from "../../src/store/members/record-forms.ts";
import { formWithPlaces } from "../../src/stream/codec.ts";
import { eventually } from "../programs/eventually.ts";
import { sql } from "../programs/postgres.ts";
import { withSource } from "../programs/source.ts";
import { withStore } from "../programs/store.ts";

const stores = withStore();
const sources = withSource();
const group = "processes/main";
const ttlMs = 600_000;

describe("a group in which a process of an older program lives", () => {
  it("is known by the processes that say no form", async () => {
    const store = await stores.open();
    for (const owner of ["new", "newer"]) {
      await announceForm(store, { group, owner }, { form: formWithPlaces, ttlMs });
      await heartbeat(store, { group, owner }, ttlMs);
    }
    expect(await processesWithout(store, group, formWithPlaces)).toEqual([]);
    await heartbeat(store, { group, owner: "old" }, ttlMs);
    expect(await processesWithout(store, group, formWithPlaces)).toEqual(["old"]);
    await heartbeat(store, { group, owner: "old" }, 1);
    await eventually(async () =>
      expect(await processesWithout(store, group, formWithPlaces)).toEqual([]),
    );
  });

  it("no row of a wide table is written; then all are, and the reason names the process", async () => {
    const source = await sources.newSource(
      "CREATE TABLE explainability_metrics (at timestamptz, age float8, income float8)",
    );
    let older: readonly string[] = ["old-1"];
    const over = {
      columns: { timestamp: "at", features: ["age", "income"] },
      withoutPlaces: () => Promise.resolve(older),
    };
    const { withoutPlaces, ...options } = over;
    const { sink, poller } = sources.run(source.readonlyUrl, { withoutPlaces }, options);
    await sql(source.url, "INSERT INTO explainability_metrics VALUES (now() + '1 s', 0.1, 0.2)");
    await eventually(() =>
      expect(poller.health()).toEqual({
        ok: false,
        reason: expect.stringMatching(/older processes.*: old-1\. Upgrade or stop these processes/),
      }),
    );
    expect(sink.records).toEqual([]);
    older = [];
    await eventually(() => expect(sink.features).toEqual(["age", "income"]));
    await eventually(() => expect(poller.health().ok).toBe(true));
  });
});
