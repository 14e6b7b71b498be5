/** Migration 12: finds the few incidents that are silenced among all that there were. */
export const silences = `
create index incidents_silenced on incidents (scope) where document -> 'silence' ->> 'untilMs' is not null;
`;
