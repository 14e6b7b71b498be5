/** The line about the state of a systemd service: installed, running, started at boot. */
import { type CheckFinding, doubtful, fine, wrong } from "../finding.ts";
import { counted } from "../plural.ts";
import type { MachineCode } from "./errors.ts";
import { type MachineLine, root } from "./machine.ts";
import { type ServiceFacts, serviceFacts } from "./service.ts";

export const unitState: MachineLine = {
  part: "unit",
  check: "state",
  async look(machine, _settings, service) {
    const facts = await serviceFacts(machine, service);
    if (facts === undefined) return [fine("state", "systemd does not run here")];
    const problems = problemsOf(facts, `${service}.service`);
    if (problems.length > 0) return problems;
    return [fine("state", `${service}.service runs, and is started at boot`)];
  },
};

function problemsOf(facts: ServiceFacts, unit: string): CheckFinding[] {
  const of = (name: string): string => facts.get(name) ?? "";
  const load = of("LoadState");
  if (load === "not-found")
    return [
      doubt(`${unit} is not installed`, "Install it, or ignore this: docs/how-to/systemd.md."),
    ];
  if (load !== "loaded")
    return [broken(`${unit} cannot be loaded: ${load}`, `Run: systemctl status ${unit}`)];
  const found = [runningProblem(facts, unit)];
  if (of("NeedDaemonReload") === "yes")
    found.push(
      doubt(
        `${unit} has changed since systemd read it`,
        "Run: systemctl daemon-reload, then restart it.",
      ),
    );
  if (of("UnitFileState") === "disabled")
    found.push(doubt(`${unit} is not started at boot`, `Run: systemctl enable ${unit}`));
  return found.filter((one) => one !== undefined);
}

/** The next step for each exit code. The last three come from systemd, when it could not start the program. */
const nextSteps: Readonly<Record<string, string>> = {
  "2": "Correct ExecStart= of the unit: the command line is wrong.",
  "75": "Look for the store, the database or the broker: it was not reached at the start.",
  "78": "Run driftwarden check: the configuration is wrong.",
  "216": "Create the group that SupplementaryGroups= names: systemd-sysusers.",
  "238": "Make /var/lib writable: the state directory could not be made.",
  "243": "Create the missing file of LoadCredential=, or remove its line.",
};

function runningProblem(facts: ServiceFacts, unit: string): CheckFinding | undefined {
  const of = (name: string): string => facts.get(name) ?? "";
  const active = of("ActiveState");
  const status = of("ExecMainStatus");
  const next = nextSteps[status] ?? `Run: journalctl -u ${unit} -n 50`;
  if (active === "failed")
    return broken(`${unit} has failed: ${of("Result")}, exit code ${status}`, next);
  if (of("SubState").startsWith("auto-restart"))
    return broken(
      `${unit} ends and is started again: ${of("NRestarts")} times, exit code ${status}`,
      next,
    );
  if (active === "activating") return startProblem(unit, Number(of("NRestarts")));
  if (active === "inactive") return doubt(`${unit} does not run`, `Run: systemctl start ${unit}`);
  return undefined;
}

/** A service that keeps crashing is also in this state between two crashes. So one that was restarted is broken. */
function startProblem(unit: string, restarts: number): CheckFinding {
  const next = `Run: systemctl status ${unit}. It names what is not ready.`;
  return restarts > 0
    ? broken(`${unit} is not ready, after ${counted(restarts, "restart")}`, next)
    : doubt(`${unit} starts, and is not ready yet`, next);
}

const doubt = (message: string, hint: string): CheckFinding =>
  doubtful("state", { message, hint, ask: root });

const broken = (message: string, hint: string): CheckFinding =>
  wrong("state", { code: "DW_MACHINE_UNIT" satisfies MachineCode, message, hint, ask: root });
