/** `driftwarden incidents` on a real store: what it prints is what the API gives. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { remediationTypes as remediations } from "../../remediations/index.ts";
import { registerIncidents } from "../../src/cli/incidents.ts";
import { runProgram } from "../../src/cli/program.ts";
import type { IncidentState } from "../../src/incidents/incident.ts";
import { onlyMember } from "../../src/incidents/member.ts";
import { saveMember } from "../../src/store/incident-members/member.ts";
import { insertIncident } from "../../src/store/incidents/incident.ts";
import type { Store } from "../../src/store/store.ts";
import { openIncident } from "../fakes/episodes.ts";
import { withStore } from "../programs/store.ts";

const stores = withStore();
const folder = mkdtempSync(join(tmpdir(), "dw-incidents-"));
afterAll(() => rmSync(folder, { recursive: true }));

let store: Store;
beforeAll(async () => {
  const config = "store: {url: postgres://h/d}\nsources: {main: {}}\n";
  writeFileSync(join(folder, "dw.yaml"), config);
  store = await stores.open();
  const states: readonly IncidentState[] = ["resolved", "recovered", "open"];
  await store.query("insert into source_progress (source, document) values ('main', '{}')");
  await store.transaction(async (tx) => {
    for (const [place, state] of states.entries()) {
      const id = `inc-${place + 1}`;
      const incident = openIncident({ id, number: place + 1, fingerprint: id, state });
      await insertIncident(tx, incident, 1);
      await saveMember(tx, { incident: id, member: onlyMember(incident) });
    }
  });
});

interface Printed {
  readonly out: readonly string[];
  readonly said: readonly string[];
}

const incidents = (...words: readonly string[]): Promise<Printed> => incidentsIn(store, words);

async function incidentsIn(asked: Store, words: readonly string[]): Promise<Printed> {
  const openStore = async () => ({ store: asked, close: async () => undefined });
  const out: string[] = [];
  const said: string[] = [];
  const cli = {
    print: (line: string) => void out.push(line),
    say: (line: string) => void said.push(line),
    exitWith: () => undefined,
    stopSignal: () => new AbortController().signal,
  };
  await runProgram(["incidents", ...words, "--config", join(folder, "dw.yaml")], {
    version: "1.2.3",
    cli,
    commands: [(program) => registerIncidents(program, { cli, remediations, openStore })],
  });
  return { out, said };
}

/** Of the lines of a table, without its header. */
const numbersIn = ({ out }: Printed): readonly string[] =>
  out.slice(1).map((line) => line.split(" ")[0] ?? "");

describe("driftwarden incidents list", () => {
  it("shows what is not resolved, newest first, and with --all everything", async () => {
    const printed = await incidents("list");
    expect(printed.out[0]).toMatch(/^# +severity +state +opened \(UTC\) +subject +what +ticket$/);
    expect(numbersIn(printed)).toEqual(["3", "2"]);
    expect(numbersIn(await incidents("list", "--all"))).toEqual(["3", "2", "1"]);
  });

  it("keeps what its filters ask for, and says when there is more", async () => {
    expect(numbersIn(await incidents("list", "--state", "resolved", "open"))).toEqual(["3", "1"]);
    expect(numbersIn(await incidents("list", "--subject", "churn-v7"))).toEqual(["3", "2"]);
    const one = await incidents("list", "--all", "--limit", "1");
    expect(numbersIn(one)).toEqual(["3"]);
    expect(one.said).toEqual(["There are more than 1; --limit takes up to 9999."]);
  });

  it("prints nothing where nothing fits, and says why to people", async () => {
    const none = await incidents("list", "--severity", "P0");
    expect(none).toEqual({ out: [], said: ["No incident fits what was asked for."] });
    expect(await incidents("list", "--severity", "P0", "--json")).toEqual({ out: [], said: [] });
  });

  it("does not say that all is well where no daemon has read a source yet", async () => {
    const { out, said } = await incidentsIn(await stores.open(), ["list"]);
    expect(out).toEqual([]);
    expect(said).toEqual([
      "No daemon has read a source into this store yet, so nothing is known. Start it: driftwarden run.",
    ]);
  });

  it("prints with --json what the API gives", async () => {
    const { out } = await incidents("list", "--json", "--limit", "1");
    expect(out.map((line): unknown => JSON.parse(line))).toMatchObject([
      {
        number: 3,
        subject: { name: "churn-v7" },
        members: { total: 1, items: [{}] },
        ticket: null,
      },
    ]);
  });

  it.each([
    ["--state", "closed", "Allowed choices are open, recovered, resolved"],
    ["--kind", "drift", "Allowed choices are shift, "],
    ["--limit", "0", "--limit 0 is no whole number from 1 to 9999"],
    ["--limit", "1e9", "--limit 1e9 is no whole number from 1 to 9999"],
  ])("refuses %s %s with what there is", async (option, value, message) => {
    await expect(incidents("list", option, value)).rejects.toMatchObject({
      code: "DW_CLI_USAGE",
      message: expect.stringContaining(message),
    });
  });
});

describe("driftwarden incidents show", () => {
  it.each(["3", "#3", "inc-3"])(
    "%s is the third incident, whatever people call it",
    async (name) => {
      const { out } = await incidents("show", name);
      expect(out[0]).toBe("Incident 3, P1, open");
      const [line = "", ...more] = (await incidents("show", name, "--json")).out;
      expect([JSON.parse(line), more]).toMatchObject([{ number: 3, id: "inc-3" }, []]);
    },
  );

  it.each(["99", "inc-9", "-", "%"])("%s is refused: there is no such incident", async (name) => {
    await expect(incidents("show", name)).rejects.toMatchObject({
      code: "DW_CLI_USAGE",
      message: `there is no incident ${name}`,
      hint: "Take a number that driftwarden incidents list --all shows.",
    });
  });
});
