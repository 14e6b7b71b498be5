/** Migration 10: which settings each live process decides by, so that two that differ notice. */
export const processSettings = `
create table process_settings (
  owner text primary key,
  hash text not null,
  loaded_at timestamptz not null,
  until timestamptz not null
);
`;
