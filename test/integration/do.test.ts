/** `driftwarden do` as people type it: the built program, the built daemon, and a real store. */
import { expect, it } from "vitest";
import { remediationTypes as remediations } from "../../remediations/index.ts";
import { registerDo } from "../../src/cli/do.ts";
import { runProgram } from "../../src/cli/program.ts";
import { systemClock } from "../../src/clock.ts";
import { recordEvents } from "../../src/incidents/record-events.ts";
import { takeCommand } from "../../src/store/commands/command.ts";
import type { Store } from "../../src/store/store.ts";
import { fileWith } from "../cli/files.ts";
import { episodeOpened } from "../fakes/episodes.ts";
import { runCommand } from "../programs/command.ts";
import { startDaemon } from "../programs/daemon.ts";
import { until } from "../programs/eventually.ts";
import { orderKeyOf } from "../programs/executors.ts";
import { withStore } from "../programs/store.ts";

const stores = withStore();
const hour = 3_600_000;
const settings = {
  resolveAfterMs: hour,
  reopenDurationMs: hour,
  healthAfterMs: hour,
  fixesFor: () => [],
};

const configOf = (url: string): string =>
  fileWith(
    "dw.yaml",
    `store: {url: "${url}"}\nsources: {main: {url: "${url}"}}\nfixes: []\nhttp: {listen: "127.0.0.1:0"}\npeople: {sarah: {}, kim: {roles: []}}\n`,
  );

it("driftwarden do says a command to an incident, and the daemon answers it (A23)", async () => {
  const store = await stores.open({ schema: "driftwarden" });
  const event = episodeOpened({ at: Date.now() * 1000, newestRow: Date.now() * 1000 });
  await store.transaction((tx) =>
    recordEvents(tx, [{ event }], { clock: systemClock, orderKeyOf, settings }),
  );
  const config = configOf(stores.url);
  const say = (...words: readonly string[]) => runCommand(["do", ...words, "--config", config]);
  const daemon = await startDaemon(config);
  try {
    // The command waits for an answer for 15 s, and a daemon may start more slowly.
    await until(() => daemon.said.some((line) => line.includes('"msg":"started"')));
    const acknowledged = await say("1", "ack", "--as", "sarah");
    expect(acknowledged).toMatchObject({ code: 0, err: "" });
    expect(acknowledged.out).toContain("sarah has this since");

    const refused = await say("1", "severity", "P2", "only", "a", "test", "--as", "kim", "--json");
    expect(refused.code).toBe(1);
    expect(JSON.parse(refused.out)).toEqual({
      done: false,
      code: "role",
      answer: expect.stringContaining("Not done: dw severity needs the role commander"),
    });

    const slip = await say("1", "aknowledge");
    expect([slip.code, slip.out.split("\n")[0]]).toEqual([
      1,
      'Not done: "aknowledge" is no command. Did you mean dw acknowledge? Nothing was changed.',
    ]);
    expect(await say("soon", "ack")).toMatchObject({ code: 2, out: "" });
  } finally {
    await daemon.stop();
  }
});

/** Says it to a store that no daemon works on. */
async function sayAlone(store: Store, ...words: readonly string[]) {
  const said: string[] = [];
  let code = 0;
  const cli = {
    print: (line: string) => void said.push(line),
    say: (line: string) => void said.push(line),
    exitWith: (wanted: number) => {
      code = wanted;
    },
    stopSignal: () => new AbortController().signal,
  };
  const openStore = async () => ({ store, close: async () => undefined });
  const commands = [
    (program: Parameters<typeof registerDo>[0]) =>
      registerDo(program, { cli, remediations, openStore, waitMs: 0 }),
  ];
  const args = ["do", ...words, "--config", configOf(stores.url)];
  await runProgram(args, { version: "1.2.3", cli, commands });
  const stored = await store.transaction((tx) => takeCommand(tx));
  return { code, said: said.join(" "), stored };
}

async function storeWithIncident(): Promise<Store> {
  const store = await stores.open();
  const event = episodeOpened({ at: Date.now() * 1000, newestRow: Date.now() * 1000 });
  await store.transaction((tx) =>
    recordEvents(tx, [{ event }], { clock: systemClock, orderKeyOf, settings }),
  );
  return store;
}

it("driftwarden do without a daemon stores the command, says so, and exits with 75 (B39)", async () => {
  const store = await storeWithIncident();
  const { code, said, stored } = await sayAlone(store, "#1", "note", "it is the exporter");
  expect(code).toBe(75);
  expect(said).toContain("the command is stored");
  expect(stored).toMatchObject({ door: "cli", incident: 1, said: "note it is the exporter" });
});

it("driftwarden do refuses the number of no incident, and stores nothing", async () => {
  const { code, said, stored } = await sayAlone(await storeWithIncident(), "77", "ack");
  expect([code, stored]).toEqual([1, undefined]);
  expect(said).toContain("There is no incident 77, so nothing was done or stored.");
});
