/**
 * Migration 23: what the probes of each service have seen, and the episode that is open about it. A program before it
 * shows and handles only incidents of models and storms, so it is refused.
 */
export const services = `
create table service_watches (
  fingerprint text primary key,
  subject text not null,
  document json not null,
  updated_at_ms double precision not null
);
`;
