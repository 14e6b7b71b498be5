/**
 * Migration 16: freezes. A freeze denies runs for a time. A row is added when a freeze is declared, and changed when a
 * person ends it.
 */
export const freezes = `
create table freezes (
  id text primary key,
  name text not null,
  reason text not null,
  by text not null,
  at_ms double precision not null,
  until_ms double precision not null,
  matchers json not null,
  ended_at_ms double precision,
  ended_by text
);
create index freezes_not_ended on freezes (until_ms) where ended_at_ms is null;
`;
