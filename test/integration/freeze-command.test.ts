/** `driftwarden freeze` and `driftwarden unfreeze` on a real store, and how the API lists freezes. */
import { describe, expect, it } from "vitest";
import { remediationTypes as remediations } from "../../remediations/index.ts";
import { registerFreeze, registerUnfreeze } from "../../src/cli/freeze.ts";
import { runProgram } from "../../src/cli/program.ts";
import { freezeRoutes } from "../../src/healing/freeze-routes.ts";
import { verifyJournal } from "../../src/store/journal/verify.ts";
import type { Store } from "../../src/store/store.ts";
import { fileWith } from "../cli/files.ts";
import { withStore } from "../programs/store.ts";

const stores = withStore();

const inDays = (days: number): string =>
  new Date(Date.now() + days * 86_400_000).toISOString().replace(/\.\d+Z$/, "Z");

interface Outcome {
  readonly out: readonly string[];
  /** Of the refusal. */
  readonly error: string | undefined;
}

async function cliOn(store: Store, ...args: readonly string[]): Promise<Outcome> {
  const out: string[] = [];
  const cli = {
    print: (line: string) => void out.push(line),
    say: () => undefined,
    exitWith: () => undefined,
    stopSignal: () => new AbortController().signal,
  };
  const config = fileWith(
    "dw.yaml",
    "store: {url: postgres://h/d}\nsources: {main: {}}\nfixes: []\n",
  );
  const parts = {
    cli,
    remediations,
    openStore: async () => ({ store, close: async () => undefined }),
  };
  const commands = [registerFreeze, registerUnfreeze].map(
    (register) => (program: Parameters<typeof register>[0]) => register(program, parts),
  );
  try {
    await runProgram([...args, "--config", config], { version: "1.2.3", cli, commands });
    return { out, error: undefined };
  } catch (error) {
    return { out, error: error instanceof Error ? error.message : String(error) };
  }
}

describe("driftwarden freeze", () => {
  it("declares a freeze, lists it here and by the API, and unfreeze ends it", async () => {
    const store = await stores.open();
    expect((await cliOn(store, "freeze")).out).toEqual([
      "no freeze holds or is planned: fixes run as configured",
    ]);
    const until = inDays(1);
    const why = [
      "--until",
      until,
      "--reason",
      "code freeze",
      "--model",
      "churn-v7",
      "--as",
      "sarah",
    ];
    const declared = await cliOn(store, "freeze", "black friday", ...why);
    const line = `The freeze "black friday" by sarah holds until ${until}, and no fix runs for model churn-v7: code freeze`;
    expect(declared.out).toEqual([
      line,
      'Detection and tickets go on, and so does what acts already. Undo: driftwarden unfreeze "black friday"',
    ]);
    expect((await cliOn(store, "freeze")).out).toEqual([line]);
    const [json = ""] = (await cliOn(store, "freeze", "--json")).out;
    const [route] = freezeRoutes(() => store);
    expect(await route?.handler(new URLSearchParams())).toEqual({
      items: [JSON.parse(json)],
      next: null,
    });
    expect((await cliOn(store, "unfreeze", "black fridy")).error).toContain(
      'Did you mean "black friday"?',
    );
    expect((await cliOn(store, "unfreeze", "black friday", "--as", "tom")).out).toEqual([
      'the freeze "black friday" is over; fixes run again as configured',
    ]);
    expect(await store.query("select by, ended_by from freezes")).toEqual([
      { by: "sarah", ended_by: "tom" },
    ]);
    expect(await verifyJournal(store)).toMatchObject({ ok: true });
    await store.query("update freezes set reason = 'none'");
    expect(await verifyJournal(store)).toMatchObject({ ok: false, table: "freezes" });
  });

  it("is listed as planned, here and by the API, is stored sealed, and can be taken back", async () => {
    const store = await stores.open();
    const [from, until] = [inDays(2), inDays(3)];
    const times = ["--from", from, "--until", until, "--reason", "sale"];
    const line = `The freeze "black friday" by operator is planned from ${from} until ${until}, and no fix runs then: sale`;
    expect((await cliOn(store, "freeze", "black friday", ...times)).out[0]).toBe(line);
    expect((await cliOn(store, "freeze")).out).toEqual([line]);
    const [json = ""] = (await cliOn(store, "freeze", "--json")).out;
    expect(JSON.parse(json)).toMatchObject({ state: "planned", from: from.replace("Z", ".000Z") });
    const [route] = freezeRoutes(() => store);
    expect(await route?.handler(new URLSearchParams())).toMatchObject({
      items: [{ name: "black friday", state: "planned" }],
    });
    expect((await cliOn(store, "unfreeze", "black friday")).out).toEqual([
      'the freeze "black friday" is over; fixes run again as configured',
    ]);
    expect((await cliOn(store, "freeze")).out).toEqual([
      "no freeze holds or is planned: fixes run as configured",
    ]);
    expect(await verifyJournal(store)).toMatchObject({ ok: true });
  });

  it.each([
    [["freeze", "x", "--reason", "r"], "Every freeze ends"],
    [["freeze", "x", "--for", "2h", "--until", "2099-01-01T00:00Z", "--reason", "r"], "either"],
    [["freeze", "x", "--for", "400d", "--reason", "r"], "lasts from 1m to 7d"],
    [["freeze", "x", "--for", "soon", "--reason", "r"], "--for soon is no duration"],
    [["freeze", "x", "--until", "2099-01-01T00:00", "--reason", "r"], "is no time with its zone"],
    [["freeze", "x", "--until", "2020-01-01T00:00Z", "--reason", "r"], "has passed"],
    [["freeze", "x", "--for", "2h"], "The reason of the freeze is missing."],
    [["freeze", "x", "--for", "2h", "--reason", "r", "--kind", "shfit"], "'shfit' is invalid"],
    [["freeze", "x", "--for", "2h", "--reason", "r", "--severity", "P9"], "'P9' is invalid"],
    [
      ["freeze", "x", "--from", "tomorrow", "--for", "2h", "--reason", "r"],
      "--from tomorrow is no time with its zone",
    ],
    [
      ["freeze", "x", "--from", "2099-01-01T00:00Z", "--for", "2h", "--reason", "r"],
      "begins within 366 days",
    ],
    [["unfreeze", "x"], "No freeze holds, and none is planned."],
  ])("%j is refused with what to write", async (args, problem) => {
    const store = await stores.open({ schema: "refusals" });
    expect((await cliOn(store, ...args)).error).toContain(problem);
    expect(await store.query("select from freezes")).toEqual([]);
  });

  it("said twice at the same time begins once", async () => {
    const store = await stores.open();
    const both = await Promise.all(
      ["a", "b"].map((reason) => cliOn(store, "freeze", "x", "--for", "2h", "--reason", reason)),
    );
    expect(both.filter(({ error }) => error === undefined)).toHaveLength(1);
    expect(await store.query("select name from freezes")).toEqual([{ name: "x" }]);
  });
});
