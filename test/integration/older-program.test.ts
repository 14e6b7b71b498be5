/** The program of 7adbaef on a schema that this program has migrated and used: whoever has to go back, can. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createLifecycle } from "../../src/app/lifecycle.ts";
import { systemClock } from "../../src/clock.ts";
import { type JiraSandbox, startJiraSandbox } from "../../src/sandbox/jira/server.ts";
import { Feeder } from "../acceptance/feeder.ts";
import { runCommand } from "../programs/command.ts";
import { type Daemon, startDaemon } from "../programs/daemon.ts";
import { eventually } from "../programs/eventually.ts";
import { buildOlder, inHistory, type OlderProgram } from "../programs/older-program.ts";
import { startTestPostgres } from "../programs/postgres.ts";

const commit = "7adbaef";

interface Seen {
  readonly number: number;
  readonly state: string;
  readonly ticket?: { readonly key: string };
}

async function incidents({ url }: Daemon): Promise<readonly Seen[]> {
  const answer = await fetch(`${url}/api/v1/incidents`);
  const page: { readonly items: readonly Seen[] } = JSON.parse(await answer.text());
  return page.items;
}

const statesOf = async (daemon: Daemon): Promise<readonly string[]> =>
  (await incidents(daemon)).map(({ number, state, ticket }) =>
    [number, state, ticket?.key ?? "no ticket"].join(" "),
  );

describe.runIf(await inHistory(commit))("the program of 7adbaef", () => {
  const lifecycle = createLifecycle({ clock: systemClock, stopDeadlineMs: 30_000 });
  let older: OlderProgram;
  let configFile: string;
  let jira: JiraSandbox;
  let feeder: Feeder;

  beforeAll(async () => {
    older = await buildOlder(commit);
    lifecycle.onStop("older program", () => older.remove());
    const postgres = await startTestPostgres();
    lifecycle.onStop("postgres", () => postgres.stop());
    jira = await startJiraSandbox();
    lifecycle.onStop("jira", () => jira.stop());
    const source = await postgres.createSource("explainability");
    const store = await postgres.createDatabase("driftwarden");
    feeder = await Feeder.start(source.url);
    lifecycle.onStop("feeder", () => feeder.stop());
    const folder = await mkdtemp(join(tmpdir(), "driftwarden-two-"));
    lifecycle.onStop("folder", () => rm(folder, { recursive: true, force: true }));
    configFile = join(folder, "driftwarden.yaml");
    const token = join(folder, "token");
    await writeFile(token, "token\n", { mode: 0o600 });
    const text = `
store: {url: "${store.url}"}
sources: {main: {url: "${source.readonlyUrl}", poll_interval: 200ms, assembly_window: 300ms}}
stream: {partitions: 2}
detection: {checkpoint_interval: 1s}
jira: {url: "${jira.url}", user: bot, token_file: ${token}, resolve_after: 1s, reopen_duration: 1ms}
http: {listen: "127.0.0.1:0"}
`;
    await writeFile(configFile, text, { mode: 0o600 });
  });
  afterAll(() => lifecycle.stop());

  it("takes up what this program wrote: it resolves its incident, and opens the next one", async () => {
    const ours = await startDaemon(configFile);
    lifecycle.onStop("our daemon", async () => void (await ours.stop()));
    feeder.drop("cpu_usage");
    await eventually(async () => expect(await statesOf(ours)).toEqual(["1 open IR-1"]));
    expect(await ours.stop()).toBe(0);

    const theirs = await startDaemon(configFile, [], older.program);
    lifecycle.onStop("their daemon", async () => void (await theirs.stop()));
    await eventually(async () => expect((await fetch(`${theirs.url}/-/ready`)).ok).toBe(true));
    expect(await statesOf(theirs)).toEqual(["1 open IR-1"]);
    feeder.restore("cpu_usage");
    await eventually(async () => expect(await statesOf(theirs)).toEqual(["1 resolved IR-1"]));
    await eventually(() => expect(jira.issues()[0]?.status.name).toBe("Done"));
    feeder.drop("latency");
    await eventually(async () =>
      expect(await statesOf(theirs)).toEqual(["2 open IR-2", "1 resolved IR-1"]),
    );
    expect(await theirs.stop()).toBe(0);
  });

  it("verifies the journal that both wrote; this program does when a person has accepted its rows", async () => {
    const verify = ["audit", "verify", "--config", configFile];
    const whole = expect.stringContaining("the journal is as it was written");
    expect(await runCommand(verify, older)).toEqual({ code: 0, err: "", out: whole });
    const unsealed = expect.stringContaining("perhaps an older program");
    expect(await runCommand(verify)).toEqual({ code: 1, err: "", out: unsealed });
    await runCommand(["audit", "accept", "--config", configFile]);
    expect(await runCommand(verify)).toEqual({ code: 0, err: "", out: whole });
    expect(await runCommand(verify, older)).toEqual({ code: 0, err: "", out: whole });
  });
});
