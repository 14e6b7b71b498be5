/** Migration 6: what became of a partition's rows that stand in no model's state, by source and outcome. */
export const partitionRows = `
alter table partitions add column rows json not null default '{}';
`;
