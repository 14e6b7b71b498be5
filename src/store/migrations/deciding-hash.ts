/** Migration: by which settings a process decides, in full. `hash` stays as programs before it write and compare it. */
export const decidingHash = `
alter table process_settings add column deciding_hash text;
`;
