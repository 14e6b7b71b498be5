/** Compares the tickets of two settings on the same rows: finds those that only one setting has. */
import type { ReplayedEpisode } from "./replay.ts";
import type { WhatIfTicket } from "./what-if.ts";

export interface SettingTickets {
  readonly tickets: readonly WhatIfTicket[];
  readonly episodes: readonly ReplayedEpisode[];
}

/**
 * The tickets of `these` that `those` do not have. Two tickets are the same when an episode of one and an episode of
 * the other are of one model and overlap in time: the quieter setting only opens it later.
 */
export function ticketsBeyond(
  these: SettingTickets,
  those: SettingTickets,
): readonly WhatIfTicket[] {
  const known = spansByModel(those);
  const ends = endsOf(these.episodes);
  return these.tickets.filter(({ episodes }) =>
    episodes.every(({ id, model, at }) => {
      const until = ends.get(id) ?? Number.POSITIVE_INFINITY;
      return !(known.get(model) ?? []).some((span) => span.from <= until && at <= span.until);
    }),
  );
}

interface Span {
  readonly from: number;
  readonly until: number;
}

function spansByModel({ tickets, episodes }: SettingTickets): ReadonlyMap<string, readonly Span[]> {
  const ends = endsOf(episodes);
  const spans = new Map<string, Span[]>();
  for (const { id, model, at } of tickets.flatMap((ticket) => ticket.episodes)) {
    const own = spans.get(model) ?? [];
    own.push({ from: at, until: ends.get(id) ?? Number.POSITIVE_INFINITY });
    spans.set(model, own);
  }
  return spans;
}

const endsOf = (episodes: readonly ReplayedEpisode[]): ReadonlyMap<string, number> =>
  new Map(
    episodes.flatMap(({ opened, closed }) =>
      closed === undefined ? [] : [[opened.id, closed.at] as const],
    ),
  );
