/**
 * Migration 1: the first tables. Their names have no schema, because the connection's search_path selects it.
 *
 * Columns `…_ms` hold times of the caller's clock, milliseconds since 1970. `timestamptz` columns hold times of the
 * database's clock, which decides leases. Documents are `json`, which keeps their text unchanged (see json.ts).
 */

const coordination = `
create table leases (
  name text primary key,
  owner text not null,
  epoch bigint not null,
  until timestamptz not null
);
create table members (
  group_name text not null,
  owner text not null,
  until timestamptz not null,
  primary key (group_name, owner)
);
create table source_progress (source text primary key, document json not null);
`;

/**
 * The unique index makes \`epoch\` a key column: a claim waits for the FOR KEY SHARE locks of states being saved.
 * Decisions change no key and do not wait.
 */
const detection = `
create table streams (name text primary key, id text not null);
create table partitions (
  stream text not null,
  partition int not null,
  owner text not null,
  epoch bigint not null,
  decided_offset bigint not null default -1,
  replay_from bigint not null default 0,
  primary key (stream, partition)
) with (fillfactor = 50);
create unique index partitions_epoch on partitions (stream, partition, epoch);
create table decisions (
  id text primary key,
  stream text not null,
  partition int not null,
  "offset" bigint not null,
  event json not null
);
create index decisions_place on decisions (stream, partition, "offset");
create table states (
  stream text not null,
  partition int not null,
  model text collate "C" not null,
  applied_through bigint not null,
  state bytea not null,
  primary key (stream, partition, model)
) with (
  autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 100, autovacuum_vacuum_cost_delay = 0,
  toast.autovacuum_vacuum_scale_factor = 0.05, toast.autovacuum_vacuum_threshold = 500, toast.autovacuum_vacuum_cost_delay = 0
);
alter table states alter column state set storage external;
`;

const incidents = `
create table incidents (
  id text primary key,
  number bigint not null unique,
  fingerprint text not null,
  model text not null,
  severity text not null,
  state text not null,
  document json not null,
  updated_at_ms double precision not null
);
create unique index incidents_one_open on incidents (fingerprint) where state <> 'resolved';
create index incidents_fingerprint on incidents (fingerprint, number);
create table incident_counter (one boolean primary key default true check (one), last bigint not null);
insert into incident_counter (last) values (0);
create table journal (
  seq bigint primary key,
  incident text,
  kind text not null,
  at_ms double precision not null,
  body json not null,
  hash text not null
);
create index journal_incident on journal (incident, seq);
create table journal_head (
  one boolean primary key default true check (one),
  seq bigint not null,
  hash text not null,
  anchor_seq bigint not null,
  anchor_hash text not null
);
insert into journal_head (seq, hash, anchor_seq, anchor_hash) values (0, '', 0, '');
`;

const healing = `
create table outbox (
  seq bigserial primary key,
  id text not null unique,
  incident text not null,
  lane text not null,
  effect json not null,
  timer boolean not null,
  status text not null default 'pending' check (status in ('pending', 'working', 'done', 'dead')),
  created_at_ms double precision not null,
  due_at_ms double precision not null,
  attempts int not null default 0,
  lease_owner text,
  lease_until timestamptz,
  intent json,
  result json,
  last_error text
);
create index outbox_due on outbox (due_at_ms) where status in ('pending', 'working');
create index outbox_order on outbox (incident, lane, seq) where status in ('pending', 'working') and not timer;
create index outbox_dead on outbox (seq) where status = 'dead';
create table runs (
  id text primary key,
  fix text not null,
  remediation text not null,
  incident text not null,
  model text not null,
  mode text not null,
  target_id text,
  target_name text,
  host text,
  snapshot json,
  status text not null,
  gate text,
  detail text not null,
  decided_at_ms double precision not null,
  acted_at_ms double precision,
  finished_at_ms double precision,
  after json,
  outcome text
);
create index runs_fix on runs (fix, decided_at_ms);
create index runs_decided on runs (decided_at_ms, id);
create index runs_incident on runs (incident, decided_at_ms);
create index runs_acting on runs (id) where status = 'acting';
`;

/** Records below 8 kB stay in the table's own pages, uncompressed: they are read once or twice and then deleted. */
const log = `
create table logs (name text primary key, id text not null unique, partitions int not null check (partitions > 0));
create table log_heads (
  stream text not null references logs (id) on delete cascade,
  partition int not null,
  first_offset bigint not null default 0,
  next_offset bigint not null default 0,
  primary key (stream, partition)
) with (fillfactor = 50);
create table log_records (
  stream text not null,
  partition int not null,
  "offset" bigint not null,
  bytes bytea not null,
  primary key (stream, partition, "offset")
) with (toast_tuple_target = 8160, autovacuum_vacuum_scale_factor = 0.05);
`;

export const initial = [coordination, detection, incidents, healing, log].join("\n");
