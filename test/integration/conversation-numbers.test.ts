/** What `/metrics` of the built daemon says of a conversation on a ticket: each number against what was really said and asked. */
import { chmodSync } from "node:fs";
import { expect, it, onTestFinished } from "vitest";
import { systemClock } from "../../src/clock.ts";
import { neededRoles } from "../../src/config/people.ts";
import { recordEvents } from "../../src/incidents/record-events.ts";
import { Accounts, type SandboxUser } from "../../src/sandbox/jira/accounts.ts";
import { startJiraSandbox } from "../../src/sandbox/jira/server.ts";
import { setRights } from "../../src/store/commands/rights.ts";
import type { Store } from "../../src/store/store.ts";
import { fileWith } from "../cli/files.ts";
import { episodeOpened } from "../fakes/episodes.ts";
import { type Daemon, startDaemon } from "../programs/daemon.ts";
import { eventually, until } from "../programs/eventually.ts";
import { orderKeyOf } from "../programs/executors.ts";
import { metric } from "../programs/gauges.ts";
import { withStore } from "../programs/store.ts";
import { askAs } from "../sandbox/jira/ask.ts";

const stores = withStore();
const hour = 3_600_000;
/** The tracker's clock is behind ours, so each comment is this old when it arrives. */
const behindMs = 60_000;
const users: readonly SandboxUser[] = [
  { name: "bot", token: "token", displayName: "Driftwarden" },
  { name: "sarah", token: "token", displayName: "Sarah" },
  { name: "tom", token: "token", displayName: "Tom" },
  { name: "eve", token: "token", displayName: "Sarah" },
  { name: "customer", token: "token", displayName: "Sarah", kind: "customer" },
];
const account = (name: string): string => new Accounts(users).named(name).accountId;

async function withIncident(store: Store): Promise<void> {
  const settings = {
    ticketed: true,
    resolveAfterMs: hour,
    reopenDurationMs: hour,
    healthAfterMs: hour,
    fixesFor: () => [],
  };
  const event = episodeOpened({ at: Date.now() * 1000, newestRow: Date.now() * 1000 });
  const rights = ["sarah", "tom"].flatMap((name) =>
    ["known", ...neededRoles].map((role) => ({ handle: account(name), role })),
  );
  await store.transaction(async (tx) => {
    await setRights(tx, rights, 1000);
    await recordEvents(tx, [{ event }], { clock: systemClock, orderKeyOf, settings });
  });
}

async function place() {
  await withIncident(await stores.open({ schema: "driftwarden" }));
  const jira = await startJiraSandbox({
    deployment: "Cloud",
    serviceDesk: true,
    users,
    clock: { ...systemClock, now: () => Date.now() - behindMs },
  });
  onTestFinished(() => jira.stop());
  const tokenFile = fileWith("token", "token\n");
  chmodSync(tokenFile, 0o600);
  const config = fileWith(
    "dw.yaml",
    [
      `store: {url: "${stores.url}"}`,
      `sources: {main: {url: "${stores.url}"}}`,
      `jira: {url: "${jira.url}", user: bot, token_file: ${tokenFile}, project: IR, issue_type: Bug}`,
      `people: {sarah: {jira: "${account("sarah")}"}, tom: {jira: "${account("tom")}", roles: [responder]}}`,
      `http: {listen: "127.0.0.1:0"}`,
    ].join("\n"),
  );
  const daemon = await startDaemon(config);
  onTestFinished(async () => void (await daemon.stop()));
  await until(() => jira.issues().length === 1);
  return { jira, daemon };
}

/** The value of the sample with these labels, which stands in this order in the text. */
const sample = (daemon: Daemon, name: string, labels = ""): Promise<number> => {
  const literal = `driftwarden_${name}${labels}`.replaceAll(/[{}]/g, String.raw`\$&`);
  return metric(daemon, new RegExp(`^${literal} `));
};

it("the time to answer, commands, refusals, comments and calls of Jira are as they were", async () => {
  const { jira, daemon } = await place();
  const startedMs = Date.now();
  jira.fault({ method: "GET", path: /\/comment$/, answer: "rate_limited" });
  jira.fault({ method: "GET", path: /\/comment\/\d+$/, answer: "failed" });
  const said = [
    ["sarah", "Looking.\ndw ack\ndw aknowledge"],
    ["tom", "dw severity P2 drill\ndw note upstream is late"],
    ["sarah", "dw close"],
    ["eve", "dw ack"],
    ["customer", "dw close"],
    ["sarah", "no command at all"],
  ] as const;
  for (const [as, body] of said)
    await askAs(jira, "POST /issue/IR-1/comment", { as, body: { body } });
  await eventually(async () =>
    expect(await sample(daemon, "command_answer_seconds_count", '{door="ticket"}')).toBe(5),
  );

  const commands: Record<string, number> = {
    '{command="ack",outcome="done"}': 1,
    '{command="ack",outcome="refused"}': 1,
    '{command="severity",outcome="refused"}': 1,
    '{command="note",outcome="done"}': 1,
    '{command="close",outcome="asks"}': 1,
    // A slip, and a comment that was refused before it was read as commands.
    '{command="",outcome="refused"}': 2,
  };
  for (const [labels, count] of Object.entries(commands))
    expect([labels, await sample(daemon, "commands_total", labels)]).toEqual([labels, count]);
  expect(await metric(daemon, /^driftwarden_commands_total\{/)).toBe(7);

  for (const reason of ["unknown_command", "role", "unknown_person", "outsider"]) {
    const labels = `{reason="${reason}"}`;
    expect([reason, await sample(daemon, "command_refusals_total", labels)]).toEqual([reason, 1]);
  }
  expect(await metric(daemon, /^driftwarden_command_refusals_total\{/)).toBe(4);

  expect(await sample(daemon, "ticket_comments_total", '{by="person"}')).toBe(4);
  expect(await sample(daemon, "ticket_comments_total", '{by="outsider"}')).toBe(1);

  const seconds = await sample(daemon, "command_answer_seconds_sum", '{door="ticket"}');
  const mostMs = behindMs + Date.now() - startedMs;
  expect(seconds).toBeGreaterThanOrEqual((5 * behindMs) / 1000);
  expect(seconds).toBeLessThanOrEqual((5 * mostMs) / 1000);

  const calls = "tracker_requests_total";
  const limited = '{operation="comments",outcome="DW_TRACKER_RATE_LIMITED"}';
  const failed = '{operation="comment_read",outcome="DW_TRACKER_UNAVAILABLE"}';
  expect(await sample(daemon, calls, limited)).toBe(1);
  expect(await sample(daemon, calls, failed)).toBe(1);
  await until(() => jira.issues()[0]?.comments.some(({ author }) => author === "bot") ?? false);
  // Both faults were answered before the request reached the ledger.
  await eventually(async () => {
    const before = jira.ledger.length;
    const counted = await metric(daemon, /^driftwarden_tracker_requests_total\{/);
    expect([jira.ledger.length, counted]).toEqual([before, asked(jira.ledger) + 2]);
  });
  const read = jira.ledger.filter(({ what }) => what === "comments_read").length;
  expect(await sample(daemon, calls, '{operation="comments",outcome="ok"}')).toBe(read);
});

const asked = (ledger: readonly { readonly user: string }[]): number =>
  ledger.filter(({ user }) => user === "bot").length;
