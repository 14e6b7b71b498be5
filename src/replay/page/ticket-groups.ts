/** The table of tickets with several episodes: one cause broke their models together. */
import { escapeHtml } from "../../html.ts";
import { modelName } from "../../model-key.ts";
import type { WhatIfTicket } from "../what-if.ts";
import { longTime } from "./markup.ts";

/** More names than this help nobody. */
const mostNamed = 4;

/**
 * The other episodes of each one's ticket, by id.
 *
 * @param numbers of the episodes on the page, by id
 */
export function sharedWith(
  tickets: readonly WhatIfTicket[],
  numbers: ReadonlyMap<string, number>,
): ReadonlyMap<string, readonly number[]> {
  return new Map(
    tickets.flatMap(({ episodes }) =>
      episodes.map(({ id }) => {
        const others = episodes.filter((other) => other.id !== id);
        return [id, others.flatMap((other) => numbers.get(other.id) ?? [])] as const;
      }),
    ),
  );
}

/** Empty if every ticket has only one episode. */
export function groupTable(
  tickets: readonly WhatIfTicket[],
  numbers: ReadonlyMap<string, number>,
): string {
  const groups = tickets.filter(({ episodes }) => episodes.length > 1);
  if (groups.length === 0) return "";
  const rows = groups.map(({ episodes }) => {
    const [first] = episodes;
    const models = [...new Set(episodes.map(({ model }) => modelName(model).model || "the model"))];
    const guilty = [...new Set(episodes.flatMap(({ features }) => features[0]?.feature ?? []))];
    const links = episodes.flatMap(({ id }) => linkTo(numbers.get(id)) ?? []);
    const cells = [named(models), first!.kind, named(guilty) || "–", links.join(" ")];
    const [who, what, blamed, where] = cells;
    return `<tr><td class="nowrap">${longTime(first!.at)}</td><td>${who}</td><td>${what}</td><td>${blamed}</td><td>${where}</td></tr>`;
  });
  return `<h2>Episodes that share a ticket</h2><div class="scroll"><table><thead><tr><th>opened</th><th>models</th><th>what</th><th>first blamed</th><th>episodes</th></tr></thead><tbody>${rows.join("")}</tbody></table></div>`;
}

export const linkTo = (number: number | undefined): string | undefined =>
  number === undefined ? undefined : `<a href="#e${number}">${number}</a>`;

function named(names: readonly string[]): string {
  const more = names.length > mostNamed ? ` and ${names.length - mostNamed} more` : "";
  return escapeHtml(names.slice(0, mostNamed).join(", ")) + more;
}
