/** Migration 3: when the store was last in use, and in which database. */
export const presence = `
create table presence (
  one boolean primary key default true check (one),
  seen_at timestamptz not null,
  identity text not null,
  restored_at timestamptz
);
`;
