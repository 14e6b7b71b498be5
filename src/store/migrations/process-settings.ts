/**
 * Migration 10: the settings by which each live process decides. Processes with different settings find each other by
 * it.
 */
export const processSettings = `
create table process_settings (
  owner text primary key,
  hash text not null,
  loaded_at timestamptz not null,
  until timestamptz not null
);
`;
