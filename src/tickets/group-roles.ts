/**
 * The roles that an account has by the groups of the tracker. They are read from the tracker when somebody says
 * something, and kept for a few minutes. Groups that cannot be read give no role.
 */
import type { Logger } from "pino";
import type { Clock } from "../clock.ts";
import { isUnavailable } from "../errors.ts";
import { TrackerError } from "./errors.ts";
import type { TicketTalk } from "./talk.ts";

export interface GroupRolesOptions {
  readonly talk: Pick<TicketTalk, "groupsOf">;
  /** Name of a group → what its members may. */
  readonly groups: Readonly<Record<string, readonly string[]>>;
  readonly clock: Clock;
  readonly logger: Logger;
}

const keptMs = 300_000;
const mostKept = 1000;

export class GroupRoles {
  readonly #options: GroupRolesOptions;
  readonly #kept = new Map<string, { readonly roles: readonly string[]; readonly atMs: number }>();
  #failed = false;

  constructor(options: GroupRolesOptions) {
    this.#options = options;
  }

  /** @throws TrackerError when the tracker is unavailable; the caller tries again later */
  async of(account: string): Promise<readonly string[]> {
    const { groups, clock } = this.#options;
    if (Object.keys(groups).length === 0) return [];
    const kept = this.#kept.get(account);
    if (kept !== undefined && Math.abs(clock.now() - kept.atMs) < keptMs) return kept.roles;
    const member = await this.#groupsOf(account);
    if (member === undefined) return [];
    const roles = [
      ...new Set(Object.entries(groups).flatMap(([name, of]) => (member.has(name) ? of : []))),
    ];
    if (this.#kept.size >= mostKept) this.#kept.clear();
    this.#kept.set(account, { roles, atMs: clock.now() });
    return roles;
  }

  /** @returns undefined when they cannot be read; this is logged once */
  async #groupsOf(account: string): Promise<ReadonlySet<string> | undefined> {
    const { talk, logger } = this.#options;
    try {
      const groups = await talk.groupsOf(account);
      this.#failed = false;
      return groups;
    } catch (err) {
      if (!(err instanceof TrackerError) || mayPass(err)) throw err;
      if (!this.#failed) logger.warn({ err }, "groups cannot be read; nobody has a role by them");
      this.#failed = true;
      return undefined;
    }
  }
}

/** Whether another try may help. An answer of an unexpected shape will have it the next time too. */
function mayPass(error: TrackerError): boolean {
  return isUnavailable(error) && error.code !== "DW_TRACKER_PROTOCOL";
}
