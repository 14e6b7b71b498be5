/**
 * Checks the files of secrets that systemd passes to the service. Each exists, only root can read it, and the unit
 * loads every secret that the configuration reads.
 */
import { type CheckFinding, doubtful, fine, wrong } from "../finding.ts";
import { counted } from "../plural.ts";
import type { MachineCode } from "./errors.ts";
import { type Machine, type MachineLine, root } from "./machine.ts";
import { installedService } from "./service.ts";

export const credentials: MachineLine = {
  part: "unit",
  check: "credentials",
  async look(machine, settings, service) {
    if ((await installedService(machine, service)) === undefined) return [];
    const unit = (await machine.output("systemctl", ["cat", `${service}.service`])) ?? "";
    const loaded = loadedBy(unit);
    const needed = neededOf(loaded, unit, { configured: settings.credentials, service });
    const found = await Promise.all(needed.map((one) => fileProblem(machine, one)));
    const problems = [
      ...found.filter((one) => one !== undefined),
      ...notLoaded(settings.credentials, loaded, service),
    ];
    if (problems.length > 0) return problems;
    return [fine("credentials", `${counted(needed.length, "file")} with the right owner and mode`)];
  },
};

interface Loaded {
  readonly id: string;
  readonly path: string;
}

/** What the lines of the unit and its drop-ins load. A line without a value cancels the lines before it. */
function loadedBy(unit: string): readonly Loaded[] {
  let loaded: Loaded[] = [];
  for (const [, value = ""] of unit.matchAll(/^LoadCredential=(.*)$/gm)) {
    const [id = "", ...path] = value.trim().split(":");
    if (id === "") loaded = [];
    else loaded.push({ id, path: path.join(":") });
  }
  return loaded;
}

interface CredentialNeeds {
  readonly configured: readonly string[];
  readonly service: string;
}

/**
 * The files without which the service does not start. One with a default (`SetCredential=`) may be missing, unless the
 * configuration reads it.
 */
function neededOf(
  loaded: readonly Loaded[],
  unit: string,
  { configured, service }: CredentialNeeds,
): readonly Loaded[] {
  const defaults = [...unit.matchAll(/^SetCredential=([^:\n]+):/gm)].map(([, id]) => id);
  return loaded.filter(
    ({ id }) => !defaults.includes(id) || configured.includes(`${folderOf(service)}${id}`),
  );
}

const folderOf = (service: string): string => `/run/credentials/${service}.service/`;

async function fileProblem(
  machine: Machine,
  { id, path }: Loaded,
): Promise<CheckFinding | undefined> {
  // A name without a folder is a credential that systemd itself received at its start.
  if (!path.startsWith("/")) return undefined;
  const entry = await machine.entry(path);
  if (entry === "missing")
    return missing(
      `the unit loads ${id} from ${path}, which is not there, so it does not start`,
      "Create it with mode 600, or remove its LoadCredential line.",
    );
  if (entry === "hidden")
    return doubt(`${path} cannot be looked at by this user`, "Run driftwarden doctor as root.");
  if ((entry.mode & 0o077) !== 0)
    return doubt(
      `${path} can be read by others (mode ${entry.mode.toString(8)})`,
      `Run: chmod 600 ${path}`,
    );
  if (entry.uid !== 0)
    return doubt(`${path} belongs to user ${entry.uid}, not to root`, `Run: chown root: ${path}`);
  return undefined;
}

/** Files that the configuration reads, and that the unit does not load. */
function notLoaded(
  configured: readonly string[],
  loaded: readonly Loaded[],
  service: string,
): readonly CheckFinding[] {
  const folder = folderOf(service);
  return configured
    .filter((path) => path.startsWith(folder))
    .map((path) => path.slice(folder.length))
    .filter((name) => loaded.every(({ id }) => id !== name))
    .map((name) =>
      missing(
        `the configuration reads ${folder}${name}, and no LoadCredential line of the unit names it`,
        `Run: systemctl edit ${service}, and add LoadCredential=${name}:/etc/driftwarden/credentials/${name} under [Service].`,
      ),
    );
}

const missing = (message: string, hint: string): CheckFinding =>
  wrong("credentials", {
    code: "DW_MACHINE_CREDENTIAL" satisfies MachineCode,
    message,
    hint,
    ask: root,
  });

const doubt = (message: string, hint: string): CheckFinding =>
  doubtful("credentials", { message, hint, ask: root });
