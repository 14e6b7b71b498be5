/** Finds probable mistakes in `people:` and `teams:`, from the configuration alone. */

import { type CheckFinding, doubtful, fine } from "../finding.ts";
import { counted } from "../plural.ts";
import type { Config } from "./schema.ts";

/** Roles that somebody should have. Without an admin, a refusal cannot name a person who lets a stranger in. */
const wantedRoles = ["responder", "commander", "admin"] as const;

/** One line if all is well, else one for each doubt; none where the configuration names no people. */
export function peopleFacts({ people, teams, jira }: Config): readonly CheckFinding[] {
  const names = Object.keys(people);
  const ofTeams = [
    ...sameButForCase("people", names),
    ...teamDoubts({ people, teams }),
    ...sameButForCase("teams", Object.keys(teams)),
  ];
  if (names.length === 0) return ofTeams;
  const doubts = [
    ...ofTeams,
    ...(jira === undefined ? [] : withoutAccount(people)),
    ...sharedAccounts(people),
    ...rolesOfNobody(people, Object.values(jira?.groups ?? {}).flat()),
  ];
  const summary = `${counted(names.length, "person", "people")} may say commands`;
  return doubts.length === 0 ? [fine("people", summary)] : doubts;
}

/** Words that mean something else after `assign`. */
const taken: ReadonlySet<string> = new Set(["me", "nobody"]);

/** Typed names are compared without case, so of two names that differ in case only the first is found. */
function sameButForCase(section: string, names: readonly string[]): readonly CheckFinding[] {
  const firsts = new Map<string, string>();
  return names.flatMap((name) => {
    const first = firsts.get(name.toLowerCase());
    if (first === undefined) {
      firsts.set(name.toLowerCase(), name);
      return [];
    }
    return [
      doubtful(name, {
        message: `${first} and ${name} differ in case alone, so whoever types either means ${first}`,
        hint: `Rename one of them under ${section}:, or put the two together.`,
        key: `${section}.${name}`,
      }),
    ];
  });
}

function teamDoubts({ people, teams }: Pick<Config, "people" | "teams">): readonly CheckFinding[] {
  const names = Object.keys(people).map((name) => name.toLowerCase());
  return Object.entries(teams).flatMap(([team, members]) => {
    const key = `teams.${team}`;
    const isTaken = taken.has(team.toLowerCase()) || names.includes(team.toLowerCase());
    const strangers = members.filter((member) => !names.includes(member.toLowerCase()));
    return [
      ...(isTaken
        ? [
            doubtful(team, {
              message: `the team ${team} has a name that means something else, so nothing can be assigned to the team`,
              hint: "Give it a name that no person has, other than me and nobody.",
              key,
            }),
          ]
        : []),
      ...(members.length === 0
        ? [
            doubtful(team, {
              message: `nobody is in the team ${team}`,
              hint: `Add the names of its people to teams.${team}, or remove it.`,
              key,
            }),
          ]
        : []),
      ...strangers.map((member) =>
        doubtful(team, {
          message: `${member} of the team ${team} is not under people:`,
          hint: `Add people.${member}, or remove ${member} from teams.${team}.`,
          key,
        }),
      ),
    ];
  });
}

function withoutAccount(people: Config["people"]): readonly CheckFinding[] {
  return Object.entries(people)
    .filter(([, person]) => person.jira === undefined && !person.machine)
    .map(([name]) =>
      doubtful(name, {
        message: `${name} has no Jira account, so comments of ${name} are a stranger's`,
        hint: `Add people.${name}.jira: the account id (Cloud) or the user's key (Data Center).`,
        key: `people.${name}`,
      }),
    );
}

function sharedAccounts(people: Config["people"]): readonly CheckFinding[] {
  const owners = new Map<string, string>();
  return Object.entries(people).flatMap(([name, { jira: account }]) => {
    if (account === undefined) return [];
    const first = owners.get(account);
    if (first === undefined) {
      owners.set(account, name);
      return [];
    }
    return [
      doubtful(name, {
        message: `${first} and ${name} have the same Jira account ${account}, so what it says counts as ${first}'s`,
        hint: `Correct people.${name}.jira, or remove one of the two.`,
        key: `people.${name}.jira`,
      }),
    ];
  });
}

function rolesOfNobody(
  people: Config["people"],
  byGroup: readonly string[],
): readonly CheckFinding[] {
  const own = Object.values(people).flatMap(({ roles }) => roles ?? wantedRoles);
  const held = new Set<string>([...own, ...byGroup]);
  return wantedRoles
    .filter((role) => !held.has(role))
    .map((role) =>
      doubtful(role, {
        message: `nobody has the role ${role}, so whatever needs it is refused to everybody`,
        hint: `Add ${role} to somebody's roles; a person without the key roles has all of them.`,
        key: "people",
      }),
    );
}
