/** Prepares the address of a Postgres for the driver. */

/** The driver treats these as `verify-full`, and prints nine lines about it for each process. */
const sameAsVerifyFull = ["prefer", "require", "verify-ca"];

/**
 * Adds start-up options behind those of the address, because the last value counts. They apply from the first statement
 * on, in every connection of a pool. Where the driver reads `sslmode` as `verify-full`, the address says so: encryption
 * and proof stay the same, without the driver's warning.
 *
 * @param more such as `-c search_path=pg_catalog`
 */
export function withStartOptions(address: string, more: readonly string[]): string {
  const url = new URL(address);
  const parameters = url.searchParams;
  const given = parameters.get("options");
  parameters.set("options", [...(given === null ? [] : [given]), ...more].join(" "));
  const isAlias = sameAsVerifyFull.includes(parameters.get("sslmode") ?? "");
  if (isAlias && parameters.get("uselibpqcompat") !== "true")
    parameters.set("sslmode", "verify-full");
  return url.href;
}
