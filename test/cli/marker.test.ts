import { describe, expect, it } from "vitest";
import { remediationTypes as remediations } from "../../remediations/index.ts";
import { registerMarker } from "../../src/cli/marker.ts";
import { runProgram } from "../../src/cli/program.ts";
import { fileWith } from "./files.ts";

const config = "store: {url: postgres://h/d}\nsources: {a: {}, b: {}}\nfixes: []\n";

/** Runs the command; `did` tells what it did with the stream and printed. */
async function run(did: string[], ...args: readonly string[]): Promise<void> {
  await runKnowing([], did, args);
}

async function runKnowing(
  known: readonly string[],
  did: string[],
  args: readonly string[],
): Promise<void> {
  const cli = {
    print: (line: string) => void did.push(line),
    say: (line: string) => void did.push(line),
    exitWith: () => undefined,
    stopSignal: () => new AbortController().signal,
  };
  const openStream = async () => {
    did.push("open");
    const append = async () => {
      did.push("append");
      return 0;
    };
    return {
      stream: { append },
      models: async () => known,
      close: async () => void did.push("close"),
    };
  };
  const parts = { cli, remediations, openStream };
  const commands = [
    (program: Parameters<typeof registerMarker>[0]) => registerMarker(program, parts),
  ];
  const asked = ["marker", "churn", "retrain", "--config", fileWith("dw.yaml", config), ...args];
  await runProgram(asked, { version: "1.2.3", cli, commands });
}

describe("driftwarden marker", () => {
  it("says what was announced once the stream has it and is closed again", async () => {
    const did: string[] = [];
    await run(did, "--source", "b", "--at", "2026-01-31T12:00:00Z");
    expect(did).toEqual([
      "open",
      "append",
      "close",
      "announced retrain of default/production/b/churn at 2026-01-31T12:00:00.000Z",
      "No model of the source b is known yet, so the name churn was not checked. A model is known a minute after its first rows. The announcement has no effect if no rows of churn were read before it.",
    ]);
  });

  it("says nothing about the name of a model that is known", async () => {
    const did: string[] = [];
    await runKnowing(["churn"], did, ["--source", "b", "--at", "2026-01-31T12:00:00Z"]);
    expect(did.slice(3)).toEqual([
      "announced retrain of default/production/b/churn at 2026-01-31T12:00:00.000Z",
    ]);
  });

  it.each([
    [[], "several sources are configured", "Name one with --source: a, b."],
    [["--source", "c"], "there is no source c", "Name one with --source: a, b."],
    [
      ["--source", "a", "--at", "noon"],
      "--at noon is no time with its zone",
      "Write it as 2026-11-30T08:00Z, or as 2026-11-30T09:00+01:00.",
    ],
  ])("with %j is wrong usage, and no stream is opened for it", async (args, message, hint) => {
    const did: string[] = [];
    await expect(run(did, ...args)).rejects.toMatchObject({ code: "DW_CLI_USAGE", message, hint });
    expect(did).toEqual([]);
  });

  it("refuses a model that does not exist and names the nearest one (FR-B7)", async () => {
    const did: string[] = [];
    const known = ["churn-v7", "fraud"];
    await expect(runKnowing(known, did, ["--source", "a"])).rejects.toMatchObject({
      code: "DW_CLI_USAGE",
      message: "there is no model churn",
      hint: "Did you mean churn-v7? Known are churn-v7, fraud. A model is known a minute after its first rows; a new one needs no marker.",
    });
    expect(did).toEqual(["open", "close"]);
    await runKnowing([...known, "churn"], did, ["--source", "a"]);
    expect(did).toContain("append");
  });
});
