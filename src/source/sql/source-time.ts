/** The time of the source's database. */
export const sourceTime =
  'select (extract(epoch from clock_timestamp()) * 1000)::float8 as "nowMs"';
