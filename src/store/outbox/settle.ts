/**
 * Stores the intent before an act and the result after it. Both writes fail once another worker has taken the effect.
 */
import { fenced } from "../errors.ts";
import { toJson } from "../json.ts";
import type { Queryable, Value } from "../query.ts";
import type { TakenEffect } from "./effect.ts";

const mine =
  "where id = $1 and lease_owner = $2 and attempts = $3 and status = 'working' returning id";
const intentSql = `
update outbox set intent = $4, lease_until = clock_timestamp() + $5 * interval '1 ms' ${mine}`;
const completeSql = `
update outbox set status = 'done', result = $4, lease_owner = null, lease_until = null ${mine}`;
const retrySql = `
update outbox set status = 'pending', last_error = $4, due_at_ms = $5, intent = case when $6 then $7 else intent end,
  failures = failures + $8, lease_owner = null, lease_until = null ${mine}`;
const deadSql = `
update outbox set status = 'dead', last_error = $4, lease_owner = null, lease_until = null ${mine}`;

export type EffectFailure =
  /**
   * `intent` replaces the stored intent. If left out, the stored one stays. Null: the next attempt has nothing to look
   * up.
   */
  | {
      readonly error: string;
      readonly retryAtMs: number;
      readonly intent?: unknown;
      /**
       * Whether the attempt counts as failed. Set false if the attempt showed nothing about the effect. Default: false.
       */
      readonly counts?: boolean;
    }
  | { readonly error: string; readonly dead: true };

/** Stores the intent and renews the lease. Commit it before acting. @throws StoreError DW_STORE_FENCED */
export async function recordIntent(
  q: Queryable,
  taken: TakenEffect,
  { intent, leaseMs }: { readonly intent: unknown; readonly leaseMs: number },
): Promise<void> {
  await settle(q, taken, { sql: intentSql, values: [toJson(intent), leaseMs] });
}

/** @throws StoreError DW_STORE_FENCED */
export async function completeEffect(
  q: Queryable,
  taken: TakenEffect,
  result: unknown,
): Promise<void> {
  await settle(q, taken, { sql: completeSql, values: [toJson(result)] });
}

/** Stores a failure: the effect is tried again later, or is dead until a person retries it. @throws DW_STORE_FENCED */
export async function failEffect(
  q: Queryable,
  taken: TakenEffect,
  failure: EffectFailure,
): Promise<void> {
  if ("dead" in failure) {
    await settle(q, taken, { sql: deadSql, values: [failure.error] });
  } else {
    const { error, retryAtMs, intent, counts = false } = failure;
    const kept = intent === undefined || intent === null ? null : toJson(intent);
    const values = [error, retryAtMs, intent !== undefined, kept, counts ? 1 : 0];
    await settle(q, taken, { sql: retrySql, values });
  }
}

async function settle(
  q: Queryable,
  taken: TakenEffect,
  { sql, values }: { readonly sql: string; readonly values: readonly Value[] },
): Promise<void> {
  const rows = await q.query(sql, [taken.id, taken.owner, taken.attempt, ...values]);
  if (rows.length === 0) throw fenced(`effect ${taken.id}, attempt ${taken.attempt},`);
}
