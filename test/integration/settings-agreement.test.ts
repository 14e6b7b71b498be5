import { pino } from "pino";
import { beforeEach, describe, expect, it } from "vitest";
import { remediationTypes as remediations } from "../../remediations/index.ts";
import { decidingHash, SettingsAgreement } from "../../src/app/settings-agreement.ts";
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
    logger,
    ...(graceMs !== undefined && { graceMs }),
  });
}

const isReady = async (agreement: SettingsAgreement): Promise<boolean> =>
  (await agreement.look()).every(({ ok }) => ok);

const away: Pick<Store, "query"> = { query: () => Promise.reject(new Error("away")) };

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

  it("that cannot ask the store are not called different", async () => {
    const logger = pino({ enabled: false });
    const agreement = new SettingsAgreement({ store: away, owner: "o", hash: "h", logger });
    expect(await isReady(agreement)).toBe(true);
  });
});

function hashOf(lines: string): string {
  const text = `store: {url: postgres://h/d}\n${lines}\n`;
  return decidingHash(parseConfig(text, { file: "dw.yaml", remediations }));
}

describe("the settings that two processes must share", () => {
  const plain = hashOf("sources: {main: {}}");

  it.each([
    "sources: {main: {}}\ndetection: {sensitivity: high}",
    "sources: {main: {}}\nincidents: {resolve_after: 1h}",
    "sources: {main: {transform: share}}",
    "sources: {main: {ignore: [a]}}",
    "sources: {main: {}}\ndocker: {}\nfixes: [{name: a, when: {model: m}, do: restart-container, target: {label: app=x}}]",
  ])("are other ones with %j", (lines) => {
    expect(hashOf(lines)).not.toBe(plain);
  });

  it.each([
    "sources: {main: {poll_interval: 1m}}",
    "sources: {main: {url: postgres://other/db}}",
    "sources: {main: {}}\nhttp: {listen: 127.0.0.1:0}",
    "sources: {main: {}}\ntelemetry: {log_level: debug}",
  ])("are the same with %j, which decides nothing", (lines) => {
    expect(hashOf(lines)).toBe(plain);
  });
});
