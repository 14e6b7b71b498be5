/** Migration 13: the roles that the groups of the tracker gave to who said it, as its door read them. */
export const commandRoles = `
alter table commands add column roles text[] not null default '{}';
`;
