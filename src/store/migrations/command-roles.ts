/** Migration 13: the roles that groups of the tracker gave to the author of a command. The door read them. */
export const commandRoles = `
alter table commands add column roles text[] not null default '{}';
`;
