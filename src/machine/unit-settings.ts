/** The lines about the settings of a systemd service: what drop-ins weaken, and how exposed it is. */
import { type CheckFinding, doubtful, fine } from "../finding.ts";
import { type MachineLine, root } from "./machine.ts";
import { installedService, type ServiceFacts } from "./service.ts";

export const unitSettings: MachineLine = {
  part: "unit",
  check: "settings",
  async look(machine, _settings, service) {
    const facts = await installedService(machine, service);
    if (facts === undefined) return [];
    const dropIns = facts.get("DropInPaths") ?? "";
    const weak = weaknesses(facts);
    const named = dropIns === "" ? "no drop-ins" : `drop-ins: ${dropIns}`;
    if (weak.length === 0) return [fine("settings", named)];
    return weak.map((message) =>
      doubtful("settings", {
        message: `${message} (${named})`,
        hint: `Correct it with systemctl edit ${service}, then restart the service.`,
        ask: root,
      }),
    );
  },
};

const fewestFiles = 4096;
const leastMemory = 512 * 1024 ** 2;

/** Settings that are weaker than those of the shipped unit. */
function weaknesses(facts: ServiceFacts): readonly string[] {
  const of = (name: string): string => facts.get(name) ?? "";
  const isBelow = (name: string, least: number): boolean => Number(of(name)) < least;
  const found: readonly (readonly [boolean, string])[] = [
    [
      !["always", "on-failure"].includes(of("Restart")),
      `Restart=${of("Restart")}: after a crash it stays down`,
    ],
    [["", "root"].includes(of("User")), "the service runs as root"],
    [
      !/\b78\b/.test(of("RestartPreventExitStatus")),
      "a wrong configuration is started again and again: RestartPreventExitStatus= lacks 78",
    ],
    [isBelow("LimitNOFILE", fewestFiles), `LimitNOFILE=${of("LimitNOFILE")} is low`],
    [isBelow("MemoryMax", leastMemory), `MemoryMax=${of("MemoryMax")} is low`],
  ];
  return found.flatMap(([isWeak, message]) => (isWeak ? [message] : []));
}

/** The shipped units have 1.1 and 0.4 of 10 by systemd 252. */
const mostExposed = 1.5;

export const exposure: MachineLine = {
  part: "unit",
  check: "exposure",
  async look(machine, _settings, service) {
    if ((await installedService(machine, service)) === undefined) return [];
    const args = ["security", "--no-pager", `${service}.service`];
    const shown = (await machine.output("systemd-analyze", args)) ?? "";
    const level = /exposure level for \S+: ([\d.]+)/.exec(shown)?.[1];
    return [exposed(level, service)];
  },
};

function exposed(level: string | undefined, service: string): CheckFinding {
  if (level === undefined)
    return fine("exposure", "systemd-analyze does not say how exposed it is");
  const message = `exposure ${level} of 10`;
  if (Number(level) <= mostExposed) return fine("exposure", message);
  const hint = `Run: systemd-analyze security ${service}.service, and take back the drop-ins that open it.`;
  return doubtful("exposure", { message, hint, ask: root });
}
