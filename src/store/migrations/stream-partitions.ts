/** Migration 20: how many partitions a stream has. Another number would move models, and leave records unread. */
export const streamPartitions = `
alter table streams add column partitions int;
`;
