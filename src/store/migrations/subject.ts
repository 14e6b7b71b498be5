/**
 * Migration 4: the subject of an incident, as text. It is `model`, a line feed and the model key. For a digest it is
 * `missed`, a line feed and the scope. Rows of an older program have no subject.
 */
export const subject = `
alter table incidents add column subject text;
update incidents set subject = case when document -> 'missed' is null then 'model' else 'missed' end || chr(10) || model;
`;
