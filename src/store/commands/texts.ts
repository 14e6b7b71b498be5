/** The texts of commands that tickets show: the line of the command without its first word. */
import { commandLines } from "../../command-lines.ts";
import type { Queryable } from "../query.ts";

const sql = "select id, said from commands where id = any ($1)";

/**
 * @param ids of commands: the id of the message, `#`, and the place of the line in it
 * @returns by id; deleted texts are left out
 */
export async function textsOf(
  q: Queryable,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const messages = [...new Set(ids.map(messageOf))];
  const rows = await q.query<{ id: string; said: string }>(sql, [messages]);
  const said = new Map(rows.map((row) => [row.id, row.said]));
  return new Map(
    ids.flatMap((id) => {
      const text = lineText(said.get(messageOf(id)) ?? "", id);
      return text === "" ? [] : [[id, text] as const];
    }),
  );
}

const messageOf = (id: string): string => id.slice(0, id.lastIndexOf("#"));

function lineText(said: string, id: string): string {
  const line = commandLines(said)[Number(id.slice(id.lastIndexOf("#") + 1))] ?? "";
  return line.replace(/^\S+ ?/, "");
}
