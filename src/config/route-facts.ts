/** Finds probable mistakes in `routes:`, from the configuration alone. */
import { type CheckFinding, doubtful } from "../finding.ts";
import type { Config } from "./schema.ts";

/**
 * @param assignee a name under `people:`, in any case, or an account of the tracker
 * @returns the account; undefined for a person who has none
 */
export function accountOfAssignee(assignee: string, people: Config["people"]): string | undefined {
  const person = personNamed(assignee, people);
  return person === undefined ? assignee : person.jira;
}

function personNamed(name: string, people: Config["people"]): Config["people"][string] | undefined {
  const wanted = name.toLowerCase();
  return Object.entries(people).find(([known]) => known.toLowerCase() === wanted)?.[1];
}

/** None where nothing is doubtful. */
export function routeFacts({ routes, people, teams, services }: Config): readonly CheckFinding[] {
  return [
    ...routes.flatMap(({ when, assignee }, place) => [
      ...unknownTeams(when.team ?? [], { teams, place }),
      ...withoutAccount(assignee, { people, place }),
    ]),
    ...Object.entries(services).flatMap(([name, { team }]) => unknownOwner(name, { team, teams })),
  ];
}

/** The team of a service that is not under `teams:` gets no ticket. */
function unknownOwner(
  name: string,
  { team, teams }: Pick<Config, "teams"> & { readonly team: string | undefined },
): readonly CheckFinding[] {
  if (team === undefined || Object.hasOwn(teams, team)) return [];
  return [
    doubtful(team, {
      message: `no team is called ${team}, so tickets of ${name} go to nobody by it`,
      hint: `Write the name as under teams:, or add teams.${team}.`,
      key: `services.${name}.team`,
    }),
  ];
}

/** A route for a team that is not under `teams:` never matches. */
function unknownTeams(
  named: readonly string[],
  { teams, place }: Pick<Config, "teams"> & { readonly place: number },
): readonly CheckFinding[] {
  return named
    .filter((team) => !Object.hasOwn(teams, team))
    .map((team) =>
      doubtful(team, {
        message: `no team is called ${team}, so this route never counts`,
        hint: `Write the name as under teams:, or add teams.${team}.`,
        key: `routes.${place}.when.team`,
      }),
    );
}

function withoutAccount(
  assignee: string | undefined,
  { people, place }: Pick<Config, "people"> & { readonly place: number },
): readonly CheckFinding[] {
  if (assignee === undefined || accountOfAssignee(assignee, people) !== undefined) return [];
  return [
    doubtful(assignee, {
      message: `${assignee} has no Jira account, so no ticket is assigned by this route`,
      hint: `Add people.${assignee}.jira: the account id (Cloud) or the user's key (Data Center).`,
      key: `routes.${place}.assignee`,
    }),
  ];
}
