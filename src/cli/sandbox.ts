/** `driftwarden sandbox jira`: runs a Jira in memory, on which people can try their own configuration. */
import { once } from "node:events";
import { resolve } from "node:path";
import { type Command, Option } from "commander";
import { readSecret } from "../config/secret.ts";
import { formatDuration, parseDuration } from "../duration.ts";
import {
  type SandboxAlone,
  type SandboxWebhook,
  startSandboxAlone,
} from "../sandbox/jira/alone.ts";
import type { Cli } from "./cli.ts";
import { CliError } from "./errors.ts";

interface SandboxJiraOptions {
  readonly port: string;
  readonly flavour: "cloud" | "dc";
  readonly project: string;
  readonly indexLag: string;
  readonly webhook?: string;
  readonly webhookSecretFile?: string;
  readonly json?: boolean;
}

export function registerSandbox(program: Command, cli: Cli): void {
  program
    .command("sandbox")
    .description("doubles of the programs that Driftwarden talks to, to try a configuration on")
    .command("jira")
    .description("a Jira in memory, with a page to read and answer tickets; until Ctrl-C")
    .option("--port <number>", "where it listens on 127.0.0.1; 0 for any free port", "2990")
    .addOption(
      new Option("--flavour <name>", "like Jira Cloud or like Jira Data Center")
        .choices(["cloud", "dc"])
        .default("cloud"),
    )
    .option("--project <key>", "key of its one project", "IR")
    .option("--index-lag <duration>", "how long the search misses a change, at most 1h", "2s")
    .option("--webhook <url>", "send a webhook about each change to this address")
    .option("--webhook-secret-file <file>", "secret of the webhooks; left out: one is made")
    .option("--json", "print its address and accounts as one line of JSON")
    .action((options: SandboxJiraOptions) => sandboxJira(options, cli));
}

async function sandboxJira(options: SandboxJiraOptions, cli: Cli): Promise<void> {
  const { flavour, project } = options;
  if (!/^[A-Z][A-Z0-9_]{1,9}$/.test(project))
    throw usage(
      `--project ${project} is no key of a project`,
      "A key is two to ten capital letters and digits, for example IR.",
    );
  const asked = {
    port: portOf(options),
    deployment: flavour === "cloud" ? "Cloud" : "Server",
    project,
    indexLagMs: lagOf(options),
    webhook: webhookOf(options),
  } as const;
  const stop = cli.stopSignal();
  const sandbox = await startSandboxAlone(asked);
  try {
    cli.print(options.json === true ? json(sandbox) : text(sandbox, { ...options, ...asked }));
    if (!stop.aborted) await once(stop, "abort");
  } finally {
    await sandbox.stop();
  }
}

const usage = (message: string, hint: string): CliError =>
  new CliError("DW_CLI_USAGE", message, { hint });

function portOf({ port }: SandboxJiraOptions): number {
  const number = Number(port);
  if (/^\d+$/.test(port) && number <= 65_535) return number;
  throw usage(`--port ${port} is no port`, "Ports are whole numbers from 0 to 65535.");
}

const longestLagMs = 3_600_000;

function lagOf({ indexLag }: SandboxJiraOptions): number {
  const ms = parseDuration(indexLag);
  if (ms !== undefined && ms <= longestLagMs) return ms;
  throw usage(`--index-lag ${indexLag} cannot be used`, "It is 0s to 1h, for example 30s.");
}

function webhookOf({
  webhook: url,
  webhookSecretFile,
}: SandboxJiraOptions): SandboxWebhook | undefined {
  const file = webhookSecretFile && resolve(webhookSecretFile);
  if (url === undefined) {
    if (file === undefined) return undefined;
    throw usage("--webhook-secret-file is given without --webhook", `Add --webhook ${example}.`);
  }
  if (!/^https?:$/.test(URL.canParse(url) ? new URL(url).protocol : ""))
    throw usage(
      `--webhook ${url} is no http address`,
      `The daemon listens at ${example} by default.`,
    );
  return { url, secret: file === undefined ? undefined : { file, text: readSecret(file) } };
}

const example = "http://127.0.0.1:9642/api/v1/webhooks/jira";

function json({ url, user, tokenFile, people, webhookSecretFile }: SandboxAlone): string {
  return JSON.stringify({
    url,
    user,
    token_file: tokenFile,
    people: people.map(({ name, accountId, token }) => ({ name, account_id: accountId, token })),
    ...(webhookSecretFile !== undefined && { webhook_secret_file: webhookSecretFile }),
  });
}

interface Asked extends Pick<SandboxJiraOptions, "flavour" | "project"> {
  readonly indexLagMs: number;
  readonly webhook: SandboxWebhook | undefined;
}

function text(sandbox: SandboxAlone, { flavour, project, indexLagMs, webhook }: Asked): string {
  const { url, user, tokenFile, webhookSecretFile, people } = sandbox;
  const kind = flavour === "cloud" ? "Cloud" : "Data Center";
  const secret =
    webhookSecretFile === undefined ? [] : [`  webhook_secret_file: ${webhookSecretFile}`];
  const hooks =
    webhook === undefined ? `no webhooks (--webhook ${example})` : `webhooks go to ${webhook.url}`;
  return [
    `SIMULATED Jira, like ${kind}, in memory. Ctrl-C ends it, and its tickets are gone.`,
    "",
    `In the browser: ${url}/   has the board; a ticket has a form to comment as ${nameList(people)}.`,
    "",
    "Put this into the configuration of Driftwarden:",
    "",
    "jira:",
    `  url: "${url}"`,
    `  user: ${user}`,
    `  token_file: ${tokenFile}`,
    `  project: ${project}`,
    "  reopen_transition: Reopen",
    ...secret,
    "people:",
    ...people.map(({ name, accountId }, n) => `  ${name}: ${personOf(accountId, n)}`),
    "",
    `The search shows a change after ${formatDuration(indexLagMs)}; ${hooks}.`,
    `REST API: log in by name and token: ${people.map(({ name, token }) => `${name} ${token}`).join(", ")}.`,
  ].join("\n");
}

const nameList = (people: SandboxAlone["people"]): string =>
  people
    .map(({ name }) => name)
    .join(", ")
    .replace(/, (\w+)$/, " or $1");

/** Roles of the three people: the first may give every command, the second some, and the third is only known. */
const roles = ["", ", roles: [responder]", ", roles: []"];
const means = [
  "may say everything",
  "may not close, nor set the severity",
  "may take it and tell of it",
];

const personOf = (accountId: string, n: number): string =>
  `{jira: "${accountId}"${roles[n] ?? ""}}   # ${means[n] ?? ""}`;
