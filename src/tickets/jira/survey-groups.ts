/** Checks the groups that give roles: that groups can be read at all, and that those of the configuration exist. */
import { z } from "zod";
import { type CheckFinding, doubtful, fine } from "../../finding.ts";
import { TrackerError } from "../errors.ts";
import { groupsOf } from "./groups.ts";
import { read } from "./read.ts";
import type { JiraSite } from "./site.ts";

const pickerShape = z.object({ groups: z.array(z.object({ name: z.string() })) });

/** @param names of the groups under `jira.groups` */
export async function groupFindings(
  site: JiraSite,
  names: readonly string[],
): Promise<readonly CheckFinding[]> {
  if (names.length === 0) return [];
  try {
    const { accountId, key, name = "" } = await site.account();
    await groupsOf(site, accountId ?? key ?? name);
    const unknown = [];
    for (const group of names) if (!(await exists(site, group))) unknown.push(group);
    if (unknown.length === 0) return [fine("groups", `groups: ${names.join(", ")}`)];
    return unknown.map((group) =>
      doubtful("groups", {
        message: `Jira shows no group "${group}", so nobody has a role by it`,
        hint: `Correct jira.groups."${group}"; the name counts, with its case.`,
        key: "jira.groups",
      }),
    );
  } catch (error) {
    if (!(error instanceof TrackerError)) throw error;
    return [
      doubtful("groups", {
        message: `groups cannot be read, so nobody has a role by them: ${error.message}`,
        hint: 'Give the Jira user the global permission "Browse users and groups", or remove jira.groups.',
        key: "jira.groups",
      }),
    ];
  }
}

async function exists(site: JiraSite, group: string): Promise<boolean> {
  const { groups } = await site.connection.call(
    { name: "groups", doing: `looking for the group ${group}`, writes: false },
    (client) => read(client, "/groups/picker", { query: group, maxResults: 100 }),
    pickerShape,
  );
  return groups.some(({ name }) => name === group);
}
