/**
 * Migration 9: the commands of people from every door, and since when each account has a role. A row outlives its text,
 * so no command is carried out twice.
 */
export const commands = `
create table commands (
  seq bigint generated always as identity,
  id text primary key,
  door text not null,
  place text not null,
  incident bigint,
  account text not null,
  said text not null,
  said_at_ms double precision not null,
  came_at_ms double precision not null,
  unfit text,
  state text not null default 'waiting' check (state in ('waiting', 'answered', 'carried')),
  answer json,
  answered_at_ms double precision
);
create index commands_waiting on commands (seq) where state = 'waiting';
create index commands_answered on commands (door, seq) where state = 'answered';
create index commands_incident on commands (incident, seq);
create index commands_came on commands (came_at_ms);

create table rights (
  handle text not null,
  role text not null,
  since_ms double precision not null,
  primary key (handle, role)
);
`;
