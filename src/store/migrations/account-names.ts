/** Migration 14: caches the name that the tracker last showed for each account. No right depends on the name. */
export const accountNames = `
create table account_names (
  account text primary key,
  name text not null,
  seen_at_ms double precision not null
);
create index account_names_seen on account_names (seen_at_ms);
`;
