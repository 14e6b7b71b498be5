/** Migration 14: how accounts of the tracker were last shown there. It is a cache: who may do what never depends on it. */
export const accountNames = `
create table account_names (
  account text primary key,
  name text not null,
  seen_at_ms double precision not null
);
create index account_names_seen on account_names (seen_at_ms);
`;
