/** Migration 2: the times by which retention selects rows. Older decisions count as stored when the migration ran. */
export const retention = `
alter table decisions add column stored_at timestamptz not null default clock_timestamp();
create index decisions_stored on decisions (stored_at);
create index outbox_finished on outbox (created_at_ms) where status in ('done', 'dead');
`;
