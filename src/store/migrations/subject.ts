/**
 * Migration 4: what an incident is about, as text: `model`, a line feed, the model key; or `missed` and a scope for a
 * digest. Rows of an older program have none.
 */
export const subject = `
alter table incidents add column subject text;
update incidents set subject = case when document -> 'missed' is null then 'model' else 'missed' end || chr(10) || model;
`;
