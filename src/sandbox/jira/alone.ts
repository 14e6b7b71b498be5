/** The Jira sandbox for somebody who tries their own configuration: a bot with its token in a file, and three people. */
import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Accounts, type Deployment } from "./accounts.ts";
import { startJiraSandbox } from "./server.ts";
import type { Webhook } from "./webhooks.ts";

export interface SandboxAlone {
  readonly url: string;
  /** The account of Driftwarden. */
  readonly user: string;
  readonly tokenFile: string;
  /** File with the secret of webhooks; undefined when none are sent. */
  readonly webhookSecretFile: string | undefined;
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
  /** How long the search misses a change, milliseconds. */
  readonly indexLagMs: number;
  /** Default: no webhooks. */
  readonly webhook?: SandboxWebhook | undefined;
}

export interface SandboxWebhook {
  readonly url: string;
  /** The secret and the file that holds it. Default: a new secret in a new file. */
  readonly secret?: { readonly file: string; readonly text: string } | undefined;
}

const bot = { name: "driftwarden", displayName: "Driftwarden", token: "driftwarden-token" };
const names = ["sarah", "tom", "ana"] as const;
const people = names.map((name) => ({
  name,
  displayName: `${name.charAt(0).toUpperCase()}${name.slice(1)}`,
  token: `${name}-token`,
}));

/** @throws SandboxJiraError `DW_SANDBOX_PORT_TAKEN` */
export async function startSandboxAlone({
  port,
  deployment,
  project,
  indexLagMs,
  webhook,
}: SandboxAloneOptions): Promise<SandboxAlone> {
  const users = [bot, ...people];
  const folder = await mkdtemp(join(tmpdir(), "driftwarden-sandbox-"));
  const remove = () => rm(folder, { recursive: true, force: true });
  const secret = webhook?.secret ?? {
    file: join(folder, "webhook-secret"),
    text: randomUUID(),
  };
  const sandbox = await startJiraSandbox({
    port,
    deployment,
    projects: [project],
    users,
    indexLagMs,
    limited: true,
    webhooks: webhook === undefined ? [] : [hookOf(webhook.url, secret.text, deployment)],
  }).catch(async (error: unknown) => {
    await remove();
    throw error;
  });
  const tokenFile = join(folder, "jira-token");
  await writeSecret(tokenFile, bot.token);
  if (webhook !== undefined && webhook.secret === undefined)
    await writeSecret(secret.file, secret.text);
  const accounts = new Accounts(users);
  return {
    url: sandbox.url,
    user: bot.name,
    tokenFile,
    webhookSecretFile: webhook && secret.file,
    people: people.map(({ name, token }) => {
      const { accountId, key } = accounts.named(name);
      return { name, accountId: deployment === "Cloud" ? accountId : key, token };
    }),
    stop: async () => {
      await sandbox.stop();
      await remove();
    },
  };
}

const writeSecret = (file: string, text: string): Promise<void> =>
  writeFile(file, `${text}\n`, { mode: 0o600 });

/** Cloud signs its webhooks. Data Center does not, so the secret is a part of the address. */
function hookOf(address: string, secret: string, deployment: Deployment): Webhook {
  if (deployment === "Cloud") return { url: address, secret };
  const url = new URL(address);
  url.searchParams.set("secret", secret);
  return { url: url.href };
}
