/** Migration 5: when a run that was denied for now is asked for again. */
export const retries = `
alter table runs add column retry_at_ms double precision;
`;
