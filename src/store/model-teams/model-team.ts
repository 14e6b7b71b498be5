/** The teams that people gave to models. New tickets of a model go to its team. */
import type { GivenTeam } from "../../incidents/given-team.ts";
import type { Queryable, Tx } from "../query.ts";

const readSql = `
select team as name, former, at_ms as "atMs" from model_teams where fingerprint = $1`;
const writeSql = `
insert into model_teams (fingerprint, subject, team, former, by, at_ms) values ($1, $2, $3, $4, $5, $6)
on conflict (fingerprint) do update set team = excluded.team, former = excluded.former, by = excluded.by,
  at_ms = excluded.at_ms`;
const deleteSql = "delete from model_teams where fingerprint = $1";

/** A command about the team of a model. */
export interface TeamChange {
  /** Fingerprint of the model or service. */
  readonly fingerprint: string;
  /** The text of the fingerprint, for people who read the table. */
  readonly subject: string;
  /** Null when the model has no given team any more. */
  readonly team: string | null;
  /** The team of an earlier command; null if there was none. */
  readonly former: string | null;
  readonly by: string;
  readonly atMs: number;
}

/** @returns undefined where nobody gave the subject to a team */
export async function givenTeam(q: Queryable, fingerprint: string): Promise<GivenTeam | undefined> {
  const [found] = await q.query<GivenTeam>(readSql, [fingerprint]);
  return found;
}

export async function changeTeam(tx: Tx, change: TeamChange): Promise<void> {
  const { fingerprint, subject, team, former, by, atMs } = change;
  if (team === null) await tx.query(deleteSql, [fingerprint]);
  else await tx.query(writeSql, [fingerprint, subject, team, former, by, atMs]);
}
