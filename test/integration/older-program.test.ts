/** The program of 7adbaef on a schema that this program has migrated: it knows no members, so it is refused. */
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
import { buildOlder, inHistory } from "../programs/older-program.ts";
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
  let program: string;
  let configFile: string;
  let jira: JiraSandbox;
  let feeder: Feeder;

  beforeAll(async () => {
    ({ program } = await buildOlder(commit));
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

  it("is refused by the schema that this program has migrated, and leaves everything as it was", async () => {
    const ours = await startDaemon(configFile);
    lifecycle.onStop("our daemon", async () => void (await ours.stop()));
    feeder.drop("cpu_usage");
    await eventually(async () => expect(await statesOf(ours)).toEqual(["1 open IR-1"]));
    expect(await ours.stop()).toBe(0);

    const verify = ["audit", "verify", "--config", configFile];
    const { code, err } = await runCommand(verify, { program });
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining("DW_STORE_TOO_NEW") });
    const said = await runCommand(["run", "--config", configFile], { program });
    expect(`${said.out}${said.err}`).toContain("DW_STORE_TOO_NEW");
    expect(said.code).not.toBe(0);

    const again = await startDaemon(configFile);
    lifecycle.onStop("our daemon again", async () => void (await again.stop()));
    feeder.restore("cpu_usage");
    await eventually(() => expect(jira.issues()[0]?.status.name).toBe("Done"));
    expect(await statesOf(again)).toEqual(["1 resolved IR-1"]);
    expect(jira.issues()).toHaveLength(1);
    expect(await again.stop()).toBe(0);
    expect(await runCommand(verify)).toMatchObject({ code: 0 });
  });
});
