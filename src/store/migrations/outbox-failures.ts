/** Migration 19: how often an effect failed while its dependency was available. Attempts during an outage do not count. */
export const outboxFailures = `
alter table outbox add column failures int not null default 0;
`;
