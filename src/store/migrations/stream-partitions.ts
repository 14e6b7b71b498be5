/**
 * Migration 20: how many partitions a stream has. With another number models would move, and records would stay unread.
 */
export const streamPartitions = `
alter table streams add column partitions int;
`;
