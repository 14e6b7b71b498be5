/** Migration: the replicas of a run that acts on several, one row each. A run on one target has no replicas. */
export const runReplicas = `
create table run_replicas (
  id text primary key,
  run text not null,
  n int not null,
  target_id text not null,
  target_name text not null,
  host text not null,
  snapshot json not null,
  status text not null,
  detail text,
  begun_at_ms double precision,
  finished_at_ms double precision,
  after json,
  unique (run, n)
);
create index run_replicas_target on run_replicas (target_id);
`;
