/**
 * Migration: the hash of all settings by which a process decides. The column `hash` stays, because older programs write
 * and compare it.
 */
export const decidingHash = `
alter table process_settings add column deciding_hash text;
`;
