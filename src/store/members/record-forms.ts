/**
 * Which forms of records the live processes of a group can read. A process sends a heartbeat for each form beyond the
 * first. A process of an older program sends none, so its owner is missing there.
 */
import type { Queryable } from "../query.ts";
import { type GroupProcess, heartbeat } from "./member.ts";

const formGroup = (group: string, form: number): string => `${group}/records ${form}`;

const lackingSql = `
select p.owner from members p
where p.group_name = $1 and p.until > clock_timestamp() and not exists (
  select from members f where f.group_name = $2 and f.owner = p.owner and f.until > clock_timestamp())
order by p.owner`;

/** Says for `ttlMs` that the process reads records up to this form. Call it before the heartbeat in the group itself. */
export async function announceForm(
  q: Queryable,
  { group, owner }: GroupProcess,
  { form, ttlMs }: { readonly form: number; readonly ttlMs: number },
): Promise<void> {
  await heartbeat(q, { group: formGroup(group, form), owner }, ttlMs);
}

/** The live processes of the group that cannot read this form, sorted. */
export async function processesWithout(
  q: Queryable,
  group: string,
  form: number,
): Promise<readonly string[]> {
  const rows = await q.query<{ owner: string }>(lackingSql, [group, formGroup(group, form)]);
  return rows.map(({ owner }) => owner);
}
