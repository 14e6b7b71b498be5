/** Who people are and what they may say. A right belongs to a role; somebody unknown has no rights. */
import type { AccountName } from "../store/commands/account-names.ts";
import type { Door } from "../store/commands/command.ts";
import type { NeededRole, TokenScope } from "./right.ts";

/** A person of the configuration. */
export interface Person {
  /** As the configuration calls them. */
  readonly name: string;
  /** Their account of the tracker: account id, or key. */
  readonly account: string | undefined;
  /** Undefined: all of them. */
  readonly roles: readonly string[] | undefined;
  readonly timeZone: string;
  readonly scopes: readonly TokenScope[];
  /** It speaks for people: it may look and propose, never act. */
  readonly machine: boolean;
}

/** Who said something. */
export interface CommandActor {
  /** As people call them. */
  readonly name: string;
  /** What is stored: the name in the configuration, or the account of whoever it does not name. */
  readonly by: string;
  readonly account: string | undefined;
  /** Undefined: all of them. */
  readonly roles: readonly string[] | undefined;
  /** Whether the configuration names them, or names nobody and their door knows them. */
  readonly known: boolean;
  readonly timeZone: string;
  readonly scopes: readonly TokenScope[];
}

const everyScope: readonly TokenScope[] = ["read", "propose", "act"];

/** People who work together. An incident can be given to a team; a right belongs to its people alone. */
export interface Team {
  readonly name: string;
  /** As the configuration calls them. */
  readonly members: readonly string[];
}

export class KnownPeople {
  readonly people: readonly Person[];
  readonly teams: readonly Team[];

  constructor(people: readonly Person[], teams: readonly Team[] = []) {
    this.people = people;
    this.teams = teams;
  }

  /** By its name in the configuration, in any case. */
  team(name: string): Team | undefined {
    const wanted = name.replace(/^@/, "").toLowerCase();
    return this.teams.find((team) => team.name.toLowerCase() === wanted);
  }

  /** By the name in the configuration, in any case. */
  named(name: string): Person | undefined {
    const wanted = name.replace(/^@/, "").toLowerCase();
    return this.people.find((person) => person.name.toLowerCase() === wanted);
  }

  byAccount(account: string): Person | undefined {
    return this.people.find((person) => person.account === account);
  }

  /** @param account as the door knows people */
  actor(door: Door, account: string): CommandActor {
    if (door === "cli" && account === "") return operator;
    const onTicket = door === "ticket" || door === "tracker";
    const person = onTicket ? this.byAccount(account) : this.named(account);
    if (person !== undefined) return actorOf(person);
    if (door === "cli" && this.people.length === 0)
      return { ...operator, name: account, by: account };
    // Without a list the tracker says who may answer: its door hands nobody else in.
    const known = onTicket && this.people.length === 0;
    return { ...nobody, name: account, by: account, account, known };
  }

  /**
   * How those accounts are called that the configuration does not name. Nobody passes for somebody whom it names.
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

  /** Names of those who may say it, at most three. */
  whoCan(role: NeededRole): readonly string[] {
    const can = this.people.filter((person) => mayPlay(role, { ...actorOf(person) }));
    return can.slice(0, 3).map(({ name }) => name);
  }
}

/** Whoever has a role by a group of the tracker is known. */
export function withGroupRoles(actor: CommandActor, byGroup: readonly string[]): CommandActor {
  if (byGroup.length === 0) return actor;
  return { ...actor, known: true, roles: actor.roles && [...actor.roles, ...byGroup] };
}

/** The operator of the machine may do everything: whoever may read the configuration could change it. */
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
