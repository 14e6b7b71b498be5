/**
 * Stops the use of a schema that another process has migrated so that it needs a newer program.
 *
 * Each transaction reads `min_version` in the round trip of its BEGIN. So a program that is no longer admitted finishes
 * at most the transactions that began before the migration was committed. From then on this process refuses every
 * statement, also single ones. A process without other work reads it at its next heartbeat.
 */
import type { StoreError } from "./errors.ts";
import { migrations, type SchemaVersions, tooNew } from "./migrations/migrate.ts";

export interface AdmissionOptions {
  readonly schema: string;
  /** Called once, when the schema is first seen to need a newer program. */
  readonly onRefused?: ((error: StoreError) => void) | undefined;
}

/** Two statements in one message: the second answers in the new transaction. */
export const beginSql = `begin; select version, min_version as "minVersion" from meta`;

export class Admission {
  readonly #options: AdmissionOptions;
  #refused: StoreError | undefined;

  constructor(options: AdmissionOptions) {
    this.#options = options;
  }

  /** @throws StoreError DW_STORE_TOO_NEW once the schema was seen to need a newer program */
  check(): void {
    if (this.#refused !== undefined) throw this.#refused;
  }

  /** @throws StoreError DW_STORE_TOO_NEW when this program does not know the version that the schema needs */
  judge(found: SchemaVersions | undefined): void {
    if (
      found !== undefined &&
      found.minVersion > migrations.length &&
      this.#refused === undefined
    ) {
      this.#refused = tooNew(this.#options.schema, found, migrations.length);
      this.#options.onRefused?.(this.#refused);
    }
    this.check();
  }
}
