/**
 * Migration 18: when a freeze was declared, where it begins later. `at_ms` is when it begins. An older program takes a
 * planned freeze for one that holds already, so it may run beside.
 */
export const plannedFreezes = `
alter table freezes add column declared_at_ms double precision;
`;
