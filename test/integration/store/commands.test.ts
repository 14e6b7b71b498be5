import { describe, expect, it } from "vitest";
import type { CommandAnswer } from "../../../src/messages/answer.ts";
import {
  answerCommand,
  answerOf,
  answersCarried,
  answersToCarry,
  insertCommand,
  type NewCommand,
  takeCommand,
} from "../../../src/store/commands/command.ts";
import { withStore } from "../../programs/store.ts";

const stores = withStore();

const said = (message: string, changes: Partial<NewCommand> = {}): NewCommand => ({
  door: "ticket",
  message,
  place: "10001",
  incident: 43,
  account: "5b10-sarah",
  said: "dw ack",
  saidAtMs: 1_000,
  ...changes,
});

describe("words that a door hands in", () => {
  it("are stored once, however often the door reads the same message, and wake the daemon", async () => {
    const store = await stores.open();
    const heard: string[] = [];
    const woken = new Promise<void>((resolve) => {
      store.listen("commands", (payload) => {
        heard.push(payload);
        resolve();
      });
    });
    expect(await insertCommand(store, said("7"), 2_000)).toBe(true);
    expect(await insertCommand(store, said("7", { said: "dw close" }), 3_000)).toBe(false);
    await woken;
    const taken = await store.transaction((tx) => takeCommand(tx));
    expect(taken).toEqual({
      id: "ticket:7",
      door: "ticket",
      place: "10001",
      incident: 43,
      account: "5b10-sarah",
      said: "dw ack",
      saidAtMs: 1_000,
      unfit: null,
      roles: [],
    });
  });

  it("are taken by one daemon at a time, oldest first, and of one incident one after the other", async () => {
    const store = await stores.open();
    for (const message of ["1", "2"]) await insertCommand(store, said(message), 0);
    await insertCommand(store, said("3", { incident: 44 }), 0);
    const both = await store.transaction(async (tx) => {
      const first = await takeCommand(tx);
      const other = await store.transaction((second) => takeCommand(second));
      return [first?.id, other?.id];
    });
    expect(both).toEqual(["ticket:1", "ticket:3"]);
  });

  it("are taken by id alone where one is wanted, and by nobody while another has it", async () => {
    const store = await stores.open();
    await insertCommand(store, said("1"), 0);
    await insertCommand(store, said("3", { incident: 44 }), 0);
    const wanted = (): Promise<unknown> =>
      store.transaction(async (tx) => (await takeCommand(tx, "ticket:1"))?.id);
    expect(await wanted()).toBe("ticket:1");
    const held = await store.transaction(async (tx) => {
      await takeCommand(tx);
      return wanted();
    });
    expect(held).toBeUndefined();
  });

  it("hold what a database cannot: NUL becomes a replacement character", async () => {
    const store = await stores.open();
    await insertCommand(store, said("1", { said: "dw note a\0b" }), 0);
    expect((await store.transaction((tx) => takeCommand(tx)))?.said).toBe("dw note a\uFFFDb");
  });
});

describe("answers", () => {
  it("go back by the door that brought the words, until it has said them", async () => {
    const store = await stores.open();
    await insertCommand(store, said("1"), 0);
    await insertCommand(store, said("2", { door: "http" }), 0);
    expect(await answerOf(store, "ticket:1")).toBeUndefined();
    const answer: CommandAnswer = { done: true, code: null, says: [] };
    for (const id of ["ticket:1", "http:2"])
      await store.transaction((tx) => answerCommand(tx, id, { answer, nowMs: 5 }));
    expect(await store.transaction((tx) => takeCommand(tx))).toBeUndefined();
    const [answered, more] = await answersToCarry<CommandAnswer>(store, "ticket");
    expect(answered).toMatchObject({ id: "ticket:1", answer, answeredAtMs: 5 });
    expect(more).toBeUndefined();
    await answersCarried(store, ["ticket:1"]);
    expect(await answersToCarry(store, "ticket")).toEqual([]);
    expect(await answerOf(store, "ticket:1")).toMatchObject({ answer });
  });

  it("are never replaced by a second one", async () => {
    const store = await stores.open();
    await insertCommand(store, said("1"), 0);
    for (const nth of [1, 2])
      await store.transaction((tx) => answerCommand(tx, "ticket:1", { answer: { nth }, nowMs: 5 }));
    expect(await answerOf(store, "ticket:1")).toMatchObject({ answer: { nth: 1 } });
  });
});
