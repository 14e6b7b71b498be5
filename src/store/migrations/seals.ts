/** Migration 7: an index by which the journal's rows of the kinds `rows_sealed` and `rows_deleted` are found. */
export const seals = `
create index journal_seals on journal (kind, seq) where kind in ('rows_sealed', 'rows_deleted');
`;
