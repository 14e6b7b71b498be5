import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { remediationTypes as remediations } from "../../remediations/index.ts";
import { registerAudit } from "../../src/cli/audit.ts";
import { registerEffects } from "../../src/cli/effects.ts";
import { runProgram } from "../../src/cli/program.ts";
import { registerRestored } from "../../src/cli/restored.ts";
import { appendJournal } from "../../src/store/journal/append.ts";
import { enqueueEffects } from "../../src/store/outbox/enqueue.ts";
import { countEffects } from "../../src/store/outbox/inspect.ts";
import { failEffect } from "../../src/store/outbox/settle.ts";
import { takeEffects } from "../../src/store/outbox/take.ts";
import { touchStore } from "../../src/store/restore/restore.ts";
import type { Store } from "../../src/store/store.ts";
import { withStore } from "../programs/store.ts";

const stores = withStore();
let folder = "";
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "dw-store-commands-"));
  writeFileSync(
    join(folder, "dw.yaml"),
    "store: {url: postgres://h/d}\nsources: {main: {}}\nfixes: []\n",
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Outcome {
  readonly code: number;
  readonly out: readonly string[];
}

/** Runs a command against this store. */
async function run(store: Store, ...args: readonly string[]): Promise<Outcome> {
  const out: string[] = [];
  let code = 0;
  const cli = {
    print: (line: string) => void out.push(line),
    say: () => undefined,
    exitWith: (wanted: number) => {
      code = wanted;
    },
    stopSignal: () => new AbortController().signal,
  };
  const openStore = async () => ({ store, close: async () => undefined });
  const parts = { cli, remediations, openStore };
  const commands = [registerEffects, registerAudit, registerRestored].map(
    (register) => (program: Parameters<typeof register>[0]) => register(program, parts),
  );
  const config = ["--config", join(folder, "dw.yaml")];
  await runProgram([...args, ...config], { version: "1.2.3", cli, commands });
  return { code, out };
}

/** One effect that was given up and one that waits. */
async function withDeadEffect(): Promise<Store> {
  const store = await stores.open();
  const promised = ["bad", "next"].map((id) => {
    const effect = { kind: "ticket.update" } as const;
    return { id, incident: `inc-${id}`, effect, orderKey: "ticket", dueAtMs: 0, timer: false };
  });
  await store.transaction((tx) => enqueueEffects(tx, promised, 0));
  const [taken] = await takeEffects(store, { owner: "w", nowMs: 1, leaseMs: 1000, limit: 1 });
  if (taken === undefined) throw new Error("nothing was due");
  await failEffect(store, taken, { error: "404 project", dead: true });
  return store;
}

describe("driftwarden effects", () => {
  it("lists what is promised and not done, and with --dead what was given up", async () => {
    const store = await withDeadEffect();
    expect((await run(store, "effects")).out).toEqual([
      "pending  ticket.update  next  0 attempts",
      "dead  ticket.update  bad  1 attempt  404 project",
    ]);
    const [line = "", ...more] = (await run(store, "effects", "--dead", "--json")).out;
    expect(more).toEqual([]);
    expect(JSON.parse(line)).toEqual({
      id: "bad",
      kind: "ticket.update",
      incident: { number: null, id: "inc-bad" },
      status: "dead",
      attempts: 1,
      due_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      last_error: "404 project",
    });
  });

  it("driftwarden effects gives a dead effect another try, and refuses an unknown id", async () => {
    const store = await withDeadEffect();
    expect((await run(store, "effects", "--retry", "bad")).out).toEqual(["bad is tried again"]);
    expect(await countEffects(store)).toMatchObject({ pending: 2, dead: 0 });
    await expect(run(store, "effects", "--retry", "next")).rejects.toMatchObject({
      code: "DW_CLI_USAGE",
    });
  });
});

describe("driftwarden restored", () => {
  it("says since when runs may be forgotten, and takes a person's word that none is", async () => {
    const store = await stores.open();
    const trusted = "the store has forgotten nothing: fixes run as configured";
    expect((await run(store, "restored")).out).toEqual([trusted]);
    await touchStore(store);
    await store.query("update presence set restored_at = '2026-03-01T12:00:00Z'");
    expect((await run(store, "restored")).out).toEqual([
      expect.stringContaining("2026-03-01T12:00:00.000Z: no fix runs"),
    ]);
    expect((await run(store, "restored", "--forgot-nothing")).out).toEqual([trusted]);
    expect((await touchStore(store)).restoredAtMs).toBeUndefined();
  });
});

describe("driftwarden audit verify", () => {
  it("ends with 0 while the journal is as written, and with 1 when a row was changed", async () => {
    const store = await stores.open();
    const entries = [1, 2, 3].map((n) => ({ kind: "denied", atMs: n, body: { n } }));
    await store.transaction((tx) => appendJournal(tx, entries));
    expect(await run(store, "audit", "verify")).toEqual({
      code: 0,
      out: ["the journal is as it was written: 3 rows"],
    });
    await store.query("update journal set kind = 'allowed' where seq = 2");
    expect(await run(store, "audit", "verify")).toEqual({
      code: 1,
      out: ["the journal is broken at row 2: the row or its hash was changed"],
    });
  });
});
