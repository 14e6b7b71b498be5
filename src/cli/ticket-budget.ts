/** Parses a budget of tickets, such as `2 tickets/week`. */

const days: Readonly<Record<string, number>> = { day: 1, week: 7, month: 30 };

/**
 * @param text this many tickets a day, week or month (30 days): `2 tickets/week`, `1/day`, `0.5 per week`
 * @returns tickets a week, ≥ 0; undefined when the text says none
 */
export function parseTicketBudget(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*(?:tickets?)?\s*(?:\/|per|a)\s*(day|week|month)$/i.exec(
    text.trim(),
  );
  if (match === null) return undefined;
  return (Number(match[1]) * 7) / days[match[2]!.toLowerCase()]!;
}
