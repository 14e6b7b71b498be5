/**
 * Migration 18: when a freeze was declared, if it begins later. It begins at `at_ms`. An older program treats a planned
 * freeze as one in force. That only denies more runs, so the program may run in parallel.
 */
export const plannedFreezes = `
alter table freezes add column declared_at_ms double precision;
`;
