/** A booted Debian, and all that the services need there: real Postgres, a real engine, Jira's double, and packages. */
import { readFileSync } from "node:fs";
import { copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { DockerEngine } from "../../src/sandbox/dockerd.ts";
import { type JiraSandbox, startJiraSandbox } from "../../src/sandbox/jira/server.ts";
import { type BootedSystemd, bootSystemd } from "./booted-systemd.ts";
import type { DebianPackage } from "./debian-package.ts";
import { startTestDocker } from "./docker.ts";
import { type HostPorts, hostPorts } from "./host-ports.ts";
import { startTestPostgres, type TestDatabase, type TestPostgres } from "./postgres.ts";

/** The ports at which the booted machine has Postgres and Jira's double. */
const postgresPort = 5432;
const jiraPort = 2990;

export const daemonConfig = `store: {url_file: /run/credentials/driftwarden.service/store-url}
sources:
  main:
    url_file: /run/credentials/driftwarden.service/source-url
    poll_interval: 200ms
    assembly_window: 300ms
stream: {partitions: 2}
detection: {checkpoint_interval: 2s}
jira:
  url: http://127.0.0.1:${jiraPort}
  user: bot
  token_file: /run/credentials/driftwarden.service/jira-token
  project: IR
  issue_type: Bug
docker: {executor: /run/driftwarden/executor.sock}
verify: {health_after: 1s, model_after: 1s, give_up_after: 20 cadences}
fixes:
  - name: restart-svc
    when: {feature: cpu_usage}
    do: restart-container
    grace_seconds: 3
    target: {label: app=my-service}
    mode: auto
    cooldown: 1s
    max_runs: 9 per 24h
`;

/** docs/how-to/executor.md, with a higher limit, because one container is restarted more often here. */
const executorPage = readFileSync(
  new URL("../../docs/how-to/executor.md", import.meta.url),
  "utf8",
).replaceAll("3 per 1h", "9 per 1h");

/** The block of the page that contains the text. */
function blockWith(text: string): string {
  const blocks = executorPage.split(/^```.*\n/m).filter((_, index) => index % 2 === 1);
  const found = blocks.find((block) => block.includes(text));
  if (found === undefined) throw new Error(`docs/how-to/executor.md has no block with ${text}`);
  return found;
}

/** What the page says to type, and what it says that this prints. */
export const setUpExecutor = {
  commands: blockWith("runuser -u driftwarden -- driftwarden check"),
  printed: blockWith("✓ executor"),
};

const credentials = {
  "store-url": `postgres://app@127.0.0.1:${postgresPort}/driftwarden`,
  "source-url": `postgres://readonly@127.0.0.1:${postgresPort}/explainability`,
  "jira-token": "not-a-secret",
};

/** Goes on for as long as it may when it is asked to stop, so a restart takes its grace time. */
const stubborn = ["sh", "-c", "trap '' TERM; while :; do sleep 1; done"];

/** One entry of the journal. */
export type JournalEntry = Readonly<Record<string, string>>;

export class BootedServices {
  readonly engine: DockerEngine;
  readonly jira: JiraSandbox;
  /** Id of the container that the fix restarts. */
  readonly container: string;
  readonly source: TestDatabase;
  readonly store: TestDatabase;
  readonly machine: BootedSystemd;
  readonly #postgres: TestPostgres;
  readonly #ports: HostPorts;

  private constructor(
    given: Pick<BootedServices, "engine" | "jira" | "container" | "source" | "store" | "machine">,
    around: { readonly postgres: TestPostgres; readonly ports: HostPorts },
  ) {
    this.engine = given.engine;
    this.jira = given.jira;
    this.container = given.container;
    this.source = given.source;
    this.store = given.store;
    this.machine = given.machine;
    this.#postgres = around.postgres;
    this.#ports = around.ports;
  }

  /** Boots a machine with the packages in /srv. Nothing is installed yet. */
  static async boot(packages: readonly DebianPackage[]): Promise<BootedServices> {
    const postgres = await startTestPostgres();
    const source = await postgres.createSource("explainability");
    const store = await postgres.createDatabase("driftwarden");
    const jira = await startJiraSandbox();
    const engine = await startTestDocker();
    const labels = { app: "my-service" };
    const container = await engine.run({ name: "web", labels, cmd: stubborn });
    const ports = await hostPorts({
      [postgresPort]: postgres.server.port,
      [jiraPort]: Number(new URL(jira.url).port),
    });
    const machine = await bootSystemd({
      sockets: { ...ports.sockets, "/run/docker.sock": engine.socket },
      prepare: async (root) => {
        await ports.prepare(root);
        await mkdir(join(root, "srv"), { recursive: true });
        for (const { path, name } of packages) await copyFile(path, join(root, "srv", name));
      },
    });
    const given = { engine, jira, container, source, store, machine };
    return new BootedServices(given, { postgres, ports });
  }

  /** Writes both configurations and the credentials, and gives the engine's socket to the group of the machine. */
  async configure(): Promise<void> {
    await this.write("/etc/driftwarden/driftwarden.yaml", daemonConfig);
    await this.write("/etc/driftwarden/executor.yaml", blockWith("allow:"));
    for (const [name, secret] of Object.entries(credentials)) {
      const file = `/etc/driftwarden/credentials/${name}`;
      await this.machine.sh(`install -m 600 /dev/null ${file}`);
      await this.write(file, `${secret}\n`);
    }
    await this.machine.sh("chgrp docker /run/docker.sock");
  }

  /** What systemd says of a unit. */
  async shown(unit: string, ...names: readonly string[]): Promise<Record<string, string>> {
    const text = await this.machine.sh(`systemctl show ${unit} -p ${names.join()}`);
    const lines = text.trim().split("\n");
    return Object.fromEntries(lines.map((line) => [line.split("=")[0], line.replace(/^\w+=/, "")]));
  }

  async mainPid(unit: string): Promise<string> {
    return (await this.shown(unit, "MainPID"))["MainPID"] ?? "";
  }

  /** Entries of the journal that processes of the unit have written. @param since seconds since 1970 */
  async journal(unit: string, since = "0"): Promise<readonly JournalEntry[]> {
    const chosen = `--since=@${since} _SYSTEMD_UNIT=${unit}`;
    const text = await this.machine.sh(`journalctl -o json --no-pager ${chosen}`);
    return text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
  }

  async write(path: string, text: string): Promise<void> {
    await this.machine.sh(`cat > ${path} <<'END'\n${text}END`);
  }

  /** The status of the daemon's answer: 200 if it is ready. */
  readiness(): Promise<string> {
    return this.machine.sh("curl -s -o /dev/null -w '%{http_code}' http://127.0.0.1:9642/-/ready");
  }

  /** Matches in the descriptions of the tickets. */
  told(pattern: RegExp): number {
    return this.jira.issues().flatMap(({ description }) => description.match(pattern) ?? []).length;
  }

  /** All files that a package could leave behind, by their paths. */
  async files(): Promise<readonly string[]> {
    const places = ["proc", "sys", "dev", "run", "tmp", "var/log", "var/cache"];
    const left = places.map((place) => `-path /${place}`).join(" -o ");
    return (await this.machine.sh(`find / -xdev '(' ${left} ')' -prune -o -print`)).split("\n");
  }

  async stop(): Promise<void> {
    await this.machine.powerOff();
    await this.#ports.stop();
    await this.engine.stop();
    await this.jira.stop();
    await this.#postgres.stop();
  }
}
