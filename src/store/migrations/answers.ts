/**
 * Migration 11: which answers share one comment of a ticket, and when each was carried. The id of the first command
 * names the comment.
 */
export const answers = `
alter table commands add column said_with text, add column carried_at_ms double precision;
create index commands_said_with on commands (said_with, seq) where said_with is not null;
create index commands_said_at on commands (place, carried_at_ms) where said_with is not null;
`;
