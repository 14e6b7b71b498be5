/** The Jira sandbox for somebody who tries their own configuration: a bot with its token in a file, and three people. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Accounts, type Deployment } from "./accounts.ts";
import { startJiraSandbox } from "./server.ts";

export interface SandboxAlone {
  readonly url: string;
  /** The account of Driftwarden. */
  readonly user: string;
  readonly tokenFile: string;
  /** Their ids are account ids on Cloud and keys on Data Center, as `people:` wants them. */
  readonly people: readonly SandboxPerson[];
  stop(): Promise<void>;
}

export interface SandboxPerson {
  readonly name: string;
  readonly accountId: string;
  readonly token: string;
}

export interface SandboxAloneOptions {
  readonly port: number;
  readonly deployment: Deployment;
  /** Key of the one project. */
  readonly project: string;
}

const bot = { name: "driftwarden", displayName: "Driftwarden", token: "driftwarden-token" };
const names = ["sarah", "tom", "ana"] as const;
const people = names.map((name) => ({
  name,
  displayName: `${name.charAt(0).toUpperCase()}${name.slice(1)}`,
  token: `${name}-token`,
}));
/** A change is found by the search after so long. */
const indexLagMs = 2000;

/** @throws SandboxJiraError `DW_SANDBOX_PORT_TAKEN` */
export async function startSandboxAlone({
  port,
  deployment,
  project,
}: SandboxAloneOptions): Promise<SandboxAlone> {
  const users = [bot, ...people];
  const sandbox = await startJiraSandbox({
    port,
    deployment,
    projects: [project],
    users,
    indexLagMs,
    limited: true,
  });
  const folder = await mkdtemp(join(tmpdir(), "driftwarden-sandbox-"));
  const tokenFile = join(folder, "jira-token");
  await writeFile(tokenFile, `${bot.token}\n`, { mode: 0o600 });
  const accounts = new Accounts(users);
  return {
    url: sandbox.url,
    user: bot.name,
    tokenFile,
    people: people.map(({ name, token }) => {
      const { accountId, key } = accounts.named(name);
      return { name, accountId: deployment === "Cloud" ? accountId : key, token };
    }),
    stop: async () => {
      await sandbox.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
