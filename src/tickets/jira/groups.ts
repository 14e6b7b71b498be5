/** Reads the groups of an account. Cloud has a list of its own for them; Data Center lists them with the user. */
import { z } from "zod";
import { read } from "./read.ts";
import type { JiraSite } from "./site.ts";

const groupsShape = z.array(z.object({ name: z.string() }));
/** `groups` is required: an answer without it is an error, not an account without groups. */
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
