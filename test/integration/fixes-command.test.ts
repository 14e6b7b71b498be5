/** `driftwarden fixes list|show|explain|evidence` and `driftwarden audit` on a store in which runs helped, did not, and fired for nothing. */
import { describe, expect, it } from "vitest";
import { remediationTypes as remediations } from "../../remediations/index.ts";
import { registerAudit } from "../../src/cli/audit.ts";
import { registerFixes } from "../../src/cli/fixes.ts";
import { runProgram } from "../../src/cli/program.ts";
import { runJson } from "../../src/healing/run-json.ts";
import { freeze } from "../../src/operator/freeze.ts";
import { unfreeze } from "../../src/operator/unfreeze.ts";
import { fileWith } from "../cli/files.ts";
import { episodeOpened } from "../fakes/episodes.ts";
import { type Approving, approving } from "../programs/approving.ts";
import { record } from "../programs/effects.ts";
import { recording, runThatHelps } from "../programs/proposals.ts";
import { withStore } from "../programs/store.ts";

const stores = withStore();

const written = `store: {url: "postgres://x@127.0.0.1/x"}
sources: {main: {url: "postgres://x@127.0.0.1/x"}}
docker: {socket: /var/run/docker.sock}
fixes:
  - {name: restart-svc, when: {feature: credit_score}, do: restart-container, target: {label: app=feature-store}, mode: approve}
  - {name: other, when: {feature: age}, do: restart-container, target: {label: app=other}}
`;

/** One run that was asked for, approved, acted and helped; one that was denied; and a verdict on the incident. */
async function history(): Promise<Approving> {
  const place = await approving(await stores.open());
  const at = Date.now() * 1000;
  await record(place.store, episodeOpened({ model: "t/e/e1/m", at, newestRow: at }), recording);
  await runThatHelps(place, at);
  await place.say("dw false-positive");
  return place;
}

async function prints({ store }: Approving, ...args: readonly string[]): Promise<string> {
  const said: string[] = [];
  const say = (line: string): void => void said.push(line);
  const exitWith = (code: number): void => say(`exit ${code}`);
  const cli = { print: say, say, exitWith, stopSignal: () => AbortSignal.abort() };
  const config = fileWith("fixes.yaml", written);
  const openStore = async () => ({ store, close: async () => undefined });
  await runProgram(["fixes", ...args, "--config", config], {
    version: "1",
    cli,
    commands: [(program) => registerFixes(program, { cli, remediations, openStore, runJson })],
  });
  return said.join("\n");
}

/** What `driftwarden audit` prints, with the sarah of the configuration. */
async function audits(
  { store }: Approving,
  ...args: readonly string[]
): Promise<readonly string[]> {
  const said: string[] = [];
  const say = (line: string): void => void said.push(line);
  const cli = { print: say, say, exitWith: () => undefined, stopSignal: () => AbortSignal.abort() };
  const openStore = async () => ({ store, close: async () => undefined });
  const people = "people: {sarah-k: {jira: 5b10-sarah}}\n";
  await runProgram(["audit", ...args, "--config", fileWith("audit.yaml", people + written)], {
    version: "1",
    cli,
    commands: [(program) => registerAudit(program, { cli, remediations, openStore })],
  });
  return said;
}

describe("driftwarden audit (A2, A22, C76)", () => {
  it("says who did what, on whose word, by which gates, before and after, in the order of time", async () => {
    const place = await history();
    await place.say("dw approve", { account: "eve" });
    const lines = (await audits(place, "--since", "1h", "--json")).map((line): unknown =>
      JSON.parse(line),
    );
    const words = [
      { by: "sarah", word: "wish" },
      { by: "sarah", word: "approve" },
    ];
    const wanted = [
      { kind: "decision", result: "proposed", gate: "approval" },
      { kind: "command", who: "sarah-k", what: "dw restart restart-svc", done: true, incident: 1 },
      { kind: "command", who: "sarah-k", what: "dw approve", done: true },
      { kind: "decision", who: "fix restart-svc", result: "acting", gate: null, words },
      { kind: "act", what: "restart-container on feature-store-1", outcome: "recovered", words },
      { kind: "act", before: { image_id: "sha256:1", started_at: "2026-11-19T06:01:00Z" } },
      { kind: "command", what: "dw false-positive" },
      { kind: "command", who: "eve", done: false, code: "unknown_person" },
    ].map((line): unknown => expect.objectContaining(line));
    expect(lines).toEqual(expect.arrayContaining(wanted));
    expect(lines).toHaveLength(7);
    const text = await audits(
      place,
      "--since",
      "2020-01-01T00:00Z",
      "--until",
      "2100-01-01T00:00Z",
    );
    expect(text).toHaveLength(lines.length);
    expect(text.at(-1)).toMatch(
      /Z command {2}incident 1 eve: dw approve → refused \(unknown_person\)$/,
    );
    expect(text.join("\n")).toContain("restart-container on feature-store-1 → acted, recovered");
    expect(
      await audits(place, "--since", "2020-01-01T00:00Z", "--until", "2021-01-01T00:00Z"),
    ).toEqual([
      "Nothing happened since 2020-01-01T00:00Z and before 2021-01-01T00:00Z: no command, decision, act or freeze.",
    ]);
    await expect(audits(place)).rejects.toThrow("--since is missing");
    await expect(audits(place, "--since", "soon")).rejects.toThrow("is no time");
    expect((await audits(place, "verify", "--json")).join("")).toContain('"ok":true');
  });

  it("shows each freeze and each unfreeze, whichever door it came by", async () => {
    const place = await approving(await stores.open());
    await place.open("e1");
    const asked = { name: "black friday", reason: "code freeze", for: "2h", model: ["churn-v7"] };
    await freeze.handle(freeze.arguments.parse({ ...asked, as: "tom" }), { store: place.store });
    await place.say("dw freeze 1h deploy");
    await unfreeze.handle({ name: "black friday", as: "eve" }, { store: place.store });
    await place.say("dw unfreeze freeze-1");
    const every = await audits(place, "--since", "1h", "--json");
    const lines = every.map((line): unknown => JSON.parse(line));
    const matchers = { model: ["churn-v7"] };
    const friday = { what: "black friday", reason: "code freeze", by: "tom", matchers };
    for (const line of [
      { kind: "freeze", who: "tom", ...friday },
      { kind: "freeze", who: "sarah", what: "freeze-1", reason: "deploy" },
      { kind: "unfreeze", who: "eve", ...friday },
      { kind: "unfreeze", who: "sarah", by: "sarah", what: "freeze-1" },
    ])
      expect(lines).toContainEqual(expect.objectContaining(line));
    expect(lines).toHaveLength(6);
  });

  it("reads page after page, and says every line once", async () => {
    const place = await approving(await stores.open());
    const many = `insert into commands (id, door, place, account, said, said_at_ms, came_at_ms)
      select 'cli:' || n, 'cli', '', '', 'status', 1, 1000 + n / 10 from generate_series(1, 2500) as n`;
    await place.store.query(many);
    const lines = await audits(place, "--since", "1970-01-01T00:00Z", "--json");
    expect(lines).toHaveLength(2500);
  });
});

describe("driftwarden fixes (A2, A7, C76)", () => {
  it("shows what a fix did, by which gates, on whose word, and what it is worth", async () => {
    const place = await history();
    const id = (await place.run())?.id ?? "";
    const listed = await prints(place, "list");
    expect(listed).toMatch(/restart-svc +approve +restart-container +\S+Z +acted, recovered/);
    expect(listed).toMatch(/other +observe +restart-container +- +-/);
    expect(await prints(place, "show", "restart-svc")).toContain(id);
    const why = await prints(place, "explain", id.slice(0, 8));
    expect(why).toContain("restart-svc (restart-container on feature-store-1) for incident 1");
    expect(why).toMatch(/Z sarah asked for it\n\S+Z sarah approved it/);
    expect(why).toMatch(/decided: proposed as [A-Z]{4}\n {2}frozen: allows/);
    expect(why).toContain("approval: denies. It waits for a person's word.");
    expect(why).toMatch(/decided: acting[^]*approval: allows/);
    const evidence = await prints(place, "evidence", "restart-svc", "--json");
    expect(JSON.parse(evidence)).toMatchObject({
      target: "feature-store-1",
      acted: 1,
      recovered: 1,
      failed: 0,
      inconclusive: 0,
      false_fires: 1,
    });
    expect(await prints(place, "evidence", "restart-svc")).toContain(
      "It helped in 1 of 1 attempts, by the models' own data. For 1 of what it fired at",
    );
    expect(await prints(place, "evidence", "other")).toBe("Nothing has called for other yet.");
    const json: unknown = JSON.parse(await prints(place, "explain", id, "--json"));
    expect(json).toMatchObject({
      id,
      status: "acted",
      words: [{ by: "sarah", word: "wish" }, { word: "approve" }],
      decisions: [{ status: "proposed" }, { status: "acting" }],
    });
  });

  it("names the nearest fix, and a run that there is not", async () => {
    const place = await approving(await stores.open());
    expect(await prints(place, "show", "restart-scv")).toBe(
      "No fix is called restart-scv. Did you mean restart-svc? There are: restart-svc, other.\nexit 1",
    );
    expect(await prints(place, "evidence", "nothing")).toContain("No fix is called nothing.");
    expect(await prints(place, "explain", "abcdef")).toMatch(/^No run, or several.*\nexit 1$/);
    await expect(prints(place, "explain", "%")).rejects.toThrow("is no id of a run");
  });
});
