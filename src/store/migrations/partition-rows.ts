/** Migration 6: counts, by source and outcome, the rows of a partition that belong to no model's state. */
export const partitionRows = `
alter table partitions add column rows json not null default '{}';
`;
