/** Reads what systemd knows of a service. */
import type { Machine } from "./machine.ts";

/** Properties as `systemctl show` prints them; undefined where systemd does not run or does not answer. */
export type ServiceFacts = ReadonlyMap<string, string>;

const properties = [
  "LoadState",
  "ActiveState",
  "SubState",
  "UnitFileState",
  "NeedDaemonReload",
  "Result",
  "ExecMainStatus",
  "NRestarts",
  "User",
  "Restart",
  "RestartPreventExitStatus",
  "StateDirectory",
  "DropInPaths",
  "LimitNOFILE",
  "MemoryMax",
];

export async function serviceFacts(
  machine: Machine,
  service: string,
): Promise<ServiceFacts | undefined> {
  const running = await machine.entry("/run/systemd/system");
  if (typeof running === "string") return undefined;
  const wanted = `--property=${properties.join(",")}`;
  const shown = await machine.output("systemctl", ["show", `${service}.service`, wanted]);
  if (shown === undefined) return undefined;
  return new Map(
    shown.split("\n").flatMap((line) => {
      const [, name, value] = /^([A-Za-z]+)=(.*)$/.exec(line) ?? [];
      return name === undefined ? [] : [[name, value ?? ""]];
    }),
  );
}

/** The facts of a service; undefined if it is not installed. */
export async function installedService(
  machine: Machine,
  service: string,
): Promise<ServiceFacts | undefined> {
  const facts = await serviceFacts(machine, service);
  return facts?.get("LoadState") === "loaded" ? facts : undefined;
}
