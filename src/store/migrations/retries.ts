/** Migration 5: when a run that was denied for now is decided again. */
export const retries = `
alter table runs add column retry_at_ms double precision;
`;
