/** Roles by the groups of Jira, read from a sandbox of both flavours. */
import { pino } from "pino";
import { describe, expect, it } from "vitest";
import { Accounts } from "../../src/sandbox/jira/accounts.ts";
import type { JiraSandboxOptions } from "../../src/sandbox/jira/server.ts";
import { GroupRoles } from "../../src/tickets/group-roles.ts";
import { fakeClock } from "../fakes/clock.ts";
import { sandbox } from "../sandbox/jira/ask.ts";
import { openExample, token } from "./jira/open-example.ts";

const users = [
  { name: "bot", token },
  { name: "sarah", token: "token", groups: ["oncall", "commanders", "staff"] },
  { name: "tom", token: "token", groups: ["Oncall"] },
];
const groups = { oncall: ["responder"], commanders: ["commander", "responder"] };
const deployments = ["Cloud", "Server"] as const;

async function place(options: JiraSandboxOptions = {}) {
  const jira = await sandbox({ users, ...options });
  const clock = fakeClock();
  const lines: string[] = [];
  const logger = pino({}, { write: (line: string) => void lines.push(line) });
  const { talk } = openExample(jira.url);
  const roles = new GroupRoles({ talk, groups, clock, logger });
  const account = (name: string): string => {
    const { accountId, key } = new Accounts(users).named(name);
    return options.deployment === "Cloud" ? accountId : key;
  };
  const reads = () => jira.ledger.filter(({ path }) => path.startsWith("/user")).length;
  return { jira, clock, lines, roles, account, reads };
}

describe("roles by groups", () => {
  it.each(deployments)(
    "are those of all groups of the account, by exact name (%s)",
    async (deployment) => {
      const { roles, account } = await place({ deployment });
      expect(await roles.of(account("sarah"))).toEqual(["responder", "commander"]);
      expect(await roles.of(account("tom"))).toEqual([]);
    },
  );

  it.each(deployments)(
    "are none where groups cannot be read, which the log says once (%s)",
    async (deployment) => {
      const { roles, account, lines } = await place({
        deployment,
        withoutPermissions: ["USER_PICKER"],
      });
      expect(await roles.of(account("sarah"))).toEqual([]);
      expect(await roles.of(account("tom"))).toEqual([]);
      expect(lines).toHaveLength(1);
      expect(lines[0]).toContain("nobody has a role by them");
    },
  );

  it("are none where the answer does not show groups, and for an account that is not there", async () => {
    const { jira, roles, account } = await place();
    jira.fault({ answer: "login_page", path: /\/user$/ });
    expect(await roles.of(account("sarah"))).toEqual([]);
    expect(await roles.of("JIRAUSER1")).toEqual([]);
    expect(await roles.of(account("sarah"))).toEqual(["responder", "commander"]);
  });

  it("are asked for again while Jira is away, so that a short outage refuses nobody", async () => {
    const { jira, roles, account } = await place();
    jira.fault({ answer: "unavailable", path: /\/user$/ });
    await expect(roles.of(account("sarah"))).rejects.toThrow("reading the groups");
    expect(await roles.of(account("sarah"))).toEqual(["responder", "commander"]);
  });

  it("are kept for five minutes", async () => {
    const { clock, roles, account, reads } = await place();
    await roles.of(account("sarah"));
    await clock.advance(299_999);
    await roles.of(account("sarah"));
    expect(reads()).toBe(1);
    await clock.advance(1);
    await roles.of(account("sarah"));
    expect(reads()).toBe(2);
  });
});
