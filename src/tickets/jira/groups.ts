/** The groups of an account. Cloud lists them by themselves, Data Center with the user. */
import { z } from "zod";
import { read } from "./read.ts";
import type { JiraSite } from "./site.ts";

const groupsShape = z.array(z.object({ name: z.string() }));
/** Without `groups` nothing is known: then the answer has an unexpected shape. */
const userShape = z.object({ groups: z.object({ items: groupsShape }) });

/** @param account id on Cloud, key on Data Center */
export async function groupsOf(site: JiraSite, account: string): Promise<ReadonlySet<string>> {
  const cloud = await site.isCloud();
  const operation = { name: "groups", doing: "reading the groups of an account", writes: false };
  const groups = cloud
    ? await site.connection.call(
        operation,
        (client) => read(client, "/user/groups", { accountId: account }),
        groupsShape,
      )
    : await site.connection
        .call(
          operation,
          (client) => read(client, "/user", { key: account, expand: "groups" }),
          userShape,
        )
        .then((user) => user.groups.items);
  return new Set(groups.map(({ name }) => name));
}
