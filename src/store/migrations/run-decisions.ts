/**
 * Migration 15: each decision about a run, with the answers of all gates and the proposal to people. Rows are only
 * added.
 */
export const runDecisions = `
create table run_decisions (
  id text primary key,
  run text not null,
  n int not null,
  at_ms double precision not null,
  status text not null,
  answers json not null,
  proposal json,
  unique (run, n)
);
create index runs_proposed on runs (decided_at_ms) where status = 'proposed';
`;
