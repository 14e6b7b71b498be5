/** Migration 12: an index by which the silenced incidents are found. */
export const silences = `
create index incidents_silenced on incidents (scope) where document -> 'silence' ->> 'untilMs' is not null;
`;
