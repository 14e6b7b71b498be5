import { pino } from "pino";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { ExecutorSession } from "../../src/executor/session.ts";
import { actVerb, type ExecutorVerb, readVerb } from "../../src/executor/verb.ts";

/** What a made-up verb was asked for. */
const asked: unknown[] = [];

/** A verb is a file and a line of a list, whatever it acts through: a script, or nothing at all. */
const verbs: readonly ExecutorVerb[] = [
  readVerb({
    name: "look",
    arguments: z.strictObject({ at: z.string() }),
    read: async ({ at }) => ({ seen: at }),
  }),
  actVerb({
    name: "run-script",
    arguments: z.strictObject({ path: z.string() }),
    act: async ({ path }, permit) => {
      asked.push({ path, effect: permit.effect });
      return { status: "done", result: { exit: 0 } };
    },
  }),
  readVerb({
    name: "fall",
    arguments: z.strictObject({}),
    read: () => Promise.reject(new Error("off a cliff")),
  }),
];

const logger = pino({ level: "silent" });
const session = () => new ExecutorSession({ verbs, program: "0.1.0", may: ["look"], logger });
const hello = '{"hello":"driftwarden","version":"1.0"}';
const permit = { effect: "e", attempt: 1, monotonic_ns: "1", wall_ms: 1 };

async function afterHello(request: unknown) {
  const open = session();
  await open.take(hello);
  return open.take(JSON.stringify(request));
}

describe("the hello of an executor", () => {
  it("names the program, what it offers and what its limits are", async () => {
    expect(await session().take(hello)).toEqual({
      value: {
        hello: "driftwarden-executor",
        version: "1.0",
        program: "0.1.0",
        verbs: ["look", "run-script", "fall"],
        may: ["look"],
      },
      last: false,
    });
  });

  it("takes another minor version, and refuses another major one", async () => {
    const minor = await session().take('{"hello":"driftwarden","version":"1.7"}');
    expect(minor.last).toBe(false);
    const major = await session().take('{"hello":"driftwarden","version":"2.0"}');
    expect(major).toMatchObject({ last: true, value: { error: { code: "DW_EXECUTOR_PROTOCOL" } } });
    expect(JSON.stringify(major)).toContain("speaks version 1.0, the daemon 2.0");
  });

  it.each([
    '{"id":1,"verb":"look","arguments":{"at":"x"}}',
    '{"hello":"driftwarden","version":"1.0","as":"root"}',
    '{"hello":"somebody","version":"1.0"}',
    "null",
    "GET / HTTP/1.1",
  ])("comes first: %s ends the connection", async (line) => {
    expect(await session().take(line)).toMatchObject({ last: true, value: { id: null } });
  });
});

describe("a request to an executor", () => {
  it("is answered under its id", async () => {
    const reply = await afterHello({ id: 7, verb: "look", arguments: { at: "it" } });
    expect(reply).toEqual({ value: { id: 7, result: { seen: "it" } }, last: false });
  });

  it.each([
    ["a verb that is not offered", { id: 1, verb: "exec", arguments: {} }],
    ["a name of an object's own property", { id: 1, verb: "constructor", arguments: {} }],
    ["an argument that is missing", { id: 1, verb: "look", arguments: {} }],
    ["an argument too many", { id: 1, verb: "look", arguments: { at: "x", as: "root" } }],
    ["a field too many", { id: 1, verb: "look", arguments: { at: "x" }, sudo: true }],
    ["no id", { verb: "look", arguments: { at: "x" } }],
    ["an act without a permit", { id: 1, verb: "run-script", arguments: { path: "/x" } }],
    [
      "a permit with a field too many",
      { id: 1, verb: "run-script", arguments: { path: "/x" }, permit: { ...permit, for: "ever" } },
    ],
    [
      "a permit whose time is a number",
      {
        id: 1,
        verb: "run-script",
        arguments: { path: "/x" },
        permit: { ...permit, monotonic_ns: 1 },
      },
    ],
  ])("is refused, and ends the connection, for %s", async (_what, request) => {
    asked.length = 0;
    const reply = await afterHello(request);
    expect(reply).toMatchObject({
      last: true,
      value: { error: { code: "DW_EXECUTOR_PROTOCOL", maybe_applied: false } },
    });
    expect(asked).toEqual([]);
  });

  it("reaches a verb that acts with its permit", async () => {
    asked.length = 0;
    const request = { id: 1, verb: "run-script", arguments: { path: "/x" }, permit };
    expect((await afterHello(request)).value).toEqual({ id: 1, result: { exit: 0 } });
    expect(asked).toEqual([{ path: "/x", effect: "e" }]);
  });

  it("that fails unexpectedly may have been applied, for all that anybody knows", async () => {
    expect((await afterHello({ id: 1, verb: "fall", arguments: {} })).value).toMatchObject({
      error: { code: "DW_EXECUTOR_FAILED", maybe_applied: true },
    });
  });
});
