/**
 * Migration 17: the team to which a person gave a model or a service by `wrong-team`. It holds until the next command
 * about the team.
 */
export const modelTeams = `
create table model_teams (
  fingerprint text primary key,
  subject text not null,
  team text not null,
  former text,
  by text not null,
  at_ms double precision not null
);
`;
