/** Migration 6: counts the rows of a partition that are in no model's state, by source and outcome. */
export const partitionRows = `
alter table partitions add column rows json not null default '{}';
`;
