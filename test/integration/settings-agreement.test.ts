import { pino } from "pino";
import { beforeEach, describe, expect, it } from "vitest";
import { remediationTypes as remediations } from "../../remediations/index.ts";
import { AddressAgreement, addressesOf } from "../../src/app/address-agreement.ts";
import { SettingsAgreement } from "../../src/app/settings-agreement.ts";
import { parseConfig } from "../../src/config/parse.ts";
import type { Store } from "../../src/store/store.ts";
import { withStore } from "../programs/store.ts";

const stores = withStore();
let store: Store;
let said: string[];
beforeEach(async () => {
  store = await stores.open();
  said = [];
});

function processOf(owner: string, hash: string, graceMs?: number): SettingsAgreement {
  const logger = pino({ base: null }, { write: (line: string) => void said.push(line) });
  return new SettingsAgreement({
    store,
    owner,
    hash,
    olderHash: "older",
    logger,
    ...(graceMs !== undefined && { graceMs }),
  });
}

const isReady = async (agreement: SettingsAgreement): Promise<boolean> =>
  (await agreement.look()).every(({ ok }) => ok);

const away: Pick<Store, "query"> = { query: () => Promise.reject(new Error("away")) };

/** Announces itself as a program does that knows one hash only. */
const announceAs = (hash: string) =>
  store.query(
    `insert into process_settings (owner, hash, loaded_at, until) values ('old', $1, now(), now() + interval '1 h')
     on conflict (owner) do update set hash = excluded.hash`,
    [hash],
  );

describe("two processes on one store (FR-C2)", () => {
  it("that differ say so once each; only the one that loaded its settings earlier is not ready, after a while", async () => {
    const [patient, earlier, later] = [
      processOf("earlier", "one"),
      processOf("earlier", "one", 0),
      processOf("later", "two", 0),
    ];
    await earlier.look();
    for (const agreement of [later, patient, earlier, later, patient]) await agreement.look();
    expect(await isReady(patient), "within two minutes").toBe(true);
    expect(await isReady(earlier)).toBe(false);
    expect(await isReady(later)).toBe(true);
    expect([earlier.others, later.others]).toEqual([1, 1]);
    expect((await earlier.look())[0]?.message).toContain("process later decides by other settings");
    const lines = said.filter((line) => line.includes("another process decides"));
    expect(lines).toHaveLength(3);
    expect(lines[0]).toContain('"other":"earlier","otherIsNewer":false');
  });

  it("agree again when one has left or has the same settings, and say so", async () => {
    const [earlier, later] = [processOf("earlier", "one", 0), processOf("later", "two", 0)];
    await earlier.look();
    await later.look();
    expect(await isReady(earlier)).toBe(false);
    await later.leave();
    expect(await isReady(earlier)).toBe(true);
    expect(said.at(-1)).toContain("all processes decide by the same settings");
    const same = processOf("later", "one", 0);
    await same.look();
    expect([await isReady(earlier), earlier.others]).toEqual([true, 0]);
  });

  it("keep their order when one was paused for so long that it counted as dead", async () => {
    const [earlier, later] = [processOf("earlier", "one", 0), processOf("later", "two", 0)];
    await earlier.look();
    await later.look();
    await store.query("delete from process_settings where owner = 'earlier'");
    expect(await isReady(earlier)).toBe(false);
    expect(await isReady(later)).toBe(true);
  });

  it("of which one is older agree by what the older one knows, in a rolling upgrade", async () => {
    const newer = processOf("newer", "one", 0);
    await announceAs("older");
    expect([await isReady(newer), newer.others]).toEqual([true, 0]);
    await announceAs("different");
    await newer.look();
    expect(newer.others).toBe(1);
  });

  it("that cannot ask the store are not called different", async () => {
    const logger = pino({ enabled: false });
    const agreement = new SettingsAgreement({
      store: away,
      owner: "o",
      hash: "h",
      olderHash: "h",
      logger,
    });
    expect(await isReady(agreement)).toBe(true);
  });
});

function readsAt(owner: string, ...urls: readonly string[]): AddressAgreement {
  const logger = pino({ base: null }, { write: (line: string) => void said.push(line) });
  const sources = urls.map((url, place) => `s${place}: {url: "${url}"}`);
  const text = `store: {url: postgres://h/d}\nsources: {${sources.join(", ")}}\n`;
  const config = parseConfig(text, { file: "dw.yaml", remediations });
  return new AddressAgreement({ store, owner, addresses: () => addressesOf(config), logger });
}

describe("two processes on one store that read a source of one name", () => {
  it("at different addresses each say so once, with the name of the source", async () => {
    const one = readsAt("one", "postgres://a/x", "postgres://a/db");
    const other = readsAt("other", "postgres://a/x", "postgres://b/db");
    for (const each of [one, other, one, other]) await each.look();
    expect(said.map((line) => JSON.parse(line))).toMatchObject([
      { source: "s1", other: "one", msg: "another process reads this source at another address" },
      { source: "s1", other: "other" },
    ]);
    await other.leave();
    await one.look();
    await readsAt("third", "postgres://a/x", "postgres://a/db").look();
    expect(said).toHaveLength(2);
  });

  it.each([
    ["postgres://a/db", "postgres://someone@a:5432/db?application_name=x"],
    ["postgres:///db?host=/run/pg", "postgres:///db?host=/run/pg&port=5432"],
  ])("at %s and %s say nothing", async (address, same) => {
    await readsAt("one", address).look();
    await readsAt("other", same).look();
    expect(said).toEqual([]);
  });
});
