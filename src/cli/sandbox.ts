/** `driftwarden sandbox jira`: runs a Jira in memory, on which people can try their own configuration. */
import { once } from "node:events";
import { type Command, Option } from "commander";
import { type SandboxAlone, startSandboxAlone } from "../sandbox/jira/alone.ts";
import type { Cli } from "./cli.ts";
import { CliError } from "./errors.ts";

interface SandboxJiraOptions {
  readonly port: string;
  readonly flavour: "cloud" | "dc";
  readonly project: string;
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
    .option("--json", "print its address and accounts as one line of JSON")
    .action((options: SandboxJiraOptions) => sandboxJira(options, cli));
}

async function sandboxJira(options: SandboxJiraOptions, cli: Cli): Promise<void> {
  const { flavour, project } = options;
  if (!/^[A-Z][A-Z0-9_]{1,9}$/.test(project))
    throw new CliError("DW_CLI_USAGE", `--project ${project} is no key of a project`, {
      hint: "A key is two to ten capital letters and digits, for example IR.",
    });
  const stop = cli.stopSignal();
  const deployment = flavour === "cloud" ? "Cloud" : "Server";
  const sandbox = await startSandboxAlone({ port: portOf(options), deployment, project });
  try {
    cli.print(options.json === true ? json(sandbox) : text(sandbox, options));
    if (!stop.aborted) await once(stop, "abort");
  } finally {
    await sandbox.stop();
  }
}

function portOf({ port }: SandboxJiraOptions): number {
  const number = Number(port);
  if (/^\d+$/.test(port) && number <= 65_535) return number;
  throw new CliError("DW_CLI_USAGE", `--port ${port} is no port`, {
    hint: "Ports are whole numbers from 0 to 65535.",
  });
}

function json({ url, user, tokenFile, people }: SandboxAlone): string {
  return JSON.stringify({
    url,
    user,
    token_file: tokenFile,
    people: people.map(({ name, accountId, token }) => ({ name, account_id: accountId, token })),
  });
}

function text(sandbox: SandboxAlone, { flavour, project }: SandboxJiraOptions): string {
  const { url, user, tokenFile, people } = sandbox;
  const kind = flavour === "cloud" ? "Cloud" : "Data Center";
  return `SIMULATED Jira, like ${kind}, in memory. Ctrl-C ends it, and its tickets are gone.

Tickets, and a form to answer them as one of these people:   ${url}/

In the configuration of Driftwarden:
  jira: {url: "${url}", user: ${user}, token_file: ${tokenFile}, project: ${project}, issue_type: Bug, reopen_transition: Reopen}

People         account id                                    token of its REST API
${people.map(({ name, accountId, token }) => `  ${name.padEnd(12)} ${accountId.padEnd(45)} ${token}`).join("\n")}`;
}
