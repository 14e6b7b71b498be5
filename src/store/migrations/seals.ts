/** Migration: finds the rows of the journal that hold hashes of other tables' rows, and those that say what was deleted. */
export const seals = `
create index journal_seals on journal (kind, seq) where kind in ('rows_sealed', 'rows_deleted');
`;
