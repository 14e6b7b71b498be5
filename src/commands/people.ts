/** People, their roles and the commands that they may give. Rights belong to roles; an unknown person has no role. */
import type { AccountName } from "../store/commands/account-names.ts";
import type { Door } from "../store/commands/command.ts";
import type { NeededRole, TokenScope } from "./right.ts";

/** A person of the configuration. */
export interface Person {
  /** As in the configuration. */
  readonly name: string;
  /** The person's account in the tracker: account id, or key. */
  readonly account: string | undefined;
  /** Undefined: all of them. */
  readonly roles: readonly string[] | undefined;
  readonly timeZone: string;
  readonly scopes: readonly TokenScope[];
  /** A program that gives commands for people. It may read and propose, but never act. */
  readonly machine: boolean;
}

/** The person or program that gave a command. */
export interface CommandActor {
  /** The shown name. */
  readonly name: string;
  /** What is stored: the name in the configuration, or the account where it has none. */
  readonly by: string;
  readonly account: string | undefined;
  /** Undefined: all of them. */
  readonly roles: readonly string[] | undefined;
  /**
   * Whether the configuration names the person or a group gives a role. Where the configuration names nobody, the door
   * decides.
   */
  readonly known: boolean;
  readonly timeZone: string;
  readonly scopes: readonly TokenScope[];
}

const everyScope: readonly TokenScope[] = ["read", "propose", "act"];

/** People who work together. An incident can be assigned to a team; rights belong to persons only. */
export interface Team {
  readonly name: string;
  /** Names as in the configuration. */
  readonly members: readonly string[];
}

export class KnownPeople {
  readonly people: readonly Person[];
  readonly teams: readonly Team[];

  constructor(people: readonly Person[], teams: readonly Team[] = []) {
    this.people = people;
    this.teams = teams;
  }

  /** The team with this name in the configuration, in upper or lower case. */
  team(name: string): Team | undefined {
    const wanted = name.replace(/^@/, "").toLowerCase();
    return this.teams.find((team) => team.name.toLowerCase() === wanted);
  }

  /** The person with this name in the configuration, in upper or lower case. */
  named(name: string): Person | undefined {
    const wanted = name.replace(/^@/, "").toLowerCase();
    return this.people.find((person) => person.name.toLowerCase() === wanted);
  }

  byAccount(account: string): Person | undefined {
    return this.people.find((person) => person.account === account);
  }

  /** @param account as the door identifies people */
  actor(door: Door, account: string): CommandActor {
    if (door === "cli" && account === "") return operator;
    const onTicket = door === "ticket" || door === "tracker";
    const person = onTicket ? this.byAccount(account) : this.named(account);
    if (person !== undefined) return actorOf(person);
    if (door === "cli" && this.people.length === 0)
      return { ...operator, name: account, by: account };
    // Without a list of people the tracker decides. Its door passes only the commands of people to whom tickets can be
    // assigned.
    const known = onTicket && this.people.length === 0;
    return { ...nobody, name: account, by: account, account, known };
  }

  /**
   * The shown names of accounts that the configuration does not name. If the configuration has the same name for a
   * person, the account is added, so that the two are not confused.
   *
   * @param seen as the tracker shows them
   */
  shownNames(seen: readonly AccountName[]): readonly AccountName[] {
    return seen
      .filter(({ account }) => this.byAccount(account) === undefined)
      .map(({ account, name }) => {
        const isTaken = this.named(name.trim()) !== undefined;
        return { account, name: isTaken ? `${name} (${account})` : name };
      });
  }

  /** Names of people with the role, at most three. */
  whoCan(role: NeededRole): readonly string[] {
    const can = this.people.filter((person) => mayPlay(role, { ...actorOf(person) }));
    return can.slice(0, 3).map(({ name }) => name);
  }
}

/** Adds the roles that groups of the tracker give. A person with such a role is known. */
export function withGroupRoles(actor: CommandActor, byGroup: readonly string[]): CommandActor {
  if (byGroup.length === 0) return actor;
  return { ...actor, known: true, roles: actor.roles && [...actor.roles, ...byGroup] };
}

/** The operator of the machine may do everything, because they could also change the configuration. */
const operator: CommandActor = {
  name: "operator",
  by: "operator",
  account: undefined,
  roles: undefined,
  known: true,
  timeZone: "UTC",
  scopes: everyScope,
};

const nobody: CommandActor = { ...operator, roles: [], known: false };

function actorOf({ name, account, roles, timeZone, scopes, machine }: Person): CommandActor {
  const allowed = machine ? scopes.filter((scope) => scope !== "act") : scopes;
  return { name, by: name, account, roles, known: true, timeZone, scopes: allowed };
}

export function mayPlay(role: NeededRole, { roles, known }: CommandActor): boolean {
  if (role === "anybody") return true;
  if (role === "known") return known;
  return known && (roles === undefined || roles.includes(role));
}
