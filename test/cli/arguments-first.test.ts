/** What is typed wrong is told before the store is reached: it may be away, or slow. */
import { describe, expect, it } from "vitest";
import { remediationTypes as remediations } from "../../remediations/index.ts";
import { registerAudit } from "../../src/cli/audit.ts";
import { registerFixes } from "../../src/cli/fixes.ts";
import { registerFreeze, registerUnfreeze } from "../../src/cli/freeze.ts";
import { registerIncidents } from "../../src/cli/incidents.ts";
import { runProgram } from "../../src/cli/program.ts";
import { registerReport } from "../../src/cli/report.ts";
import { fileWith } from "./files.ts";

const config = `store: {url: "postgres://h/d"}
sources: {main: {}}
docker: {socket: /var/run/docker.sock}
fixes: [{name: restart-svc, when: {feature: cpu}, do: restart-container, target: {label: app=svc}}]
`;

const openStore = async (): Promise<never> => {
  throw new Error("the store was opened");
};

/** What the command says on stderr or throws; it must not open the store. */
async function complaintOf(...args: readonly string[]): Promise<string> {
  const said: string[] = [];
  const cli = {
    print: () => undefined,
    say: (line: string) => void said.push(line),
    exitWith: () => undefined,
    stopSignal: () => AbortSignal.abort(),
  };
  const parts = { cli, remediations, openStore, runJson: () => ({}) };
  const all = [registerAudit, registerFixes, registerFreeze, registerUnfreeze];
  const commands = [...all, registerIncidents, registerReport].map(
    (register) => (program: Parameters<typeof register>[0]) => register(program, parts),
  );
  const asked = [...args, "--config", fileWith("dw.yaml", config)];
  try {
    await runProgram(asked, { version: "1", cli, commands });
    return said.join("\n");
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

describe("a command line that is wrong is refused before the store is reached", () => {
  it.each([
    ["fixes explain zz", "zz is no id of a run: at least its first 4 digits are needed"],
    ["fixes explain xyzw", "xyzw is no id of a run"],
    ["fixes show restart-svd", "No fix is called restart-svd. Did you mean restart-svc?"],
    ["audit --since soon", "--since soon is no time"],
    ["audit --since 2026-01-31T04:00", "--since 2026-01-31T04:00 is no time with its zone"],
    ["audit --since 24h --until 31.1.", "--until 31.1. is no time"],
    ["freeze sale --for 2x --reason r", "--for 2x is no duration"],
    ["freeze sale --until 2026-11-30T08:00 --reason r", "--until 2026-11-30T08:00 is no time with"],
    ["freeze sale --from monday --for 2h --reason r", "--from monday is no time with its zone"],
    ["freeze sale --for 2h", "The reason of the freeze is missing."],
    ["freeze sale --reason r", "Every freeze ends: give it either --for 2h or --until"],
    ["freeze --for 2h --reason r", "The name of the freeze is missing"],
    ["freeze sale --for 2h --reason r --model=", "--model needs a value that is not empty"],
    ["unfreeze sale --as=", "--as needs a value that is not empty"],
    ["incidents list --limit many", "--limit many is no whole number from 1 to 9999"],
    ["report --days x", "--days x"],
  ])("%s", async (line, wanted) => {
    const complaint = await complaintOf(...line.split(" "));
    expect(complaint).toContain(wanted);
    expect(complaint).not.toMatch(/--run|--name|--incident|opened/);
  });

  it("and one that is right reaches it", async () => {
    expect(await complaintOf("fixes", "explain", "3f9c")).toBe("the store was opened");
  });
});
