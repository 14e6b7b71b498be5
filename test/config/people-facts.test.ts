import { describe, expect, it } from "vitest";
import { remediationTypes as remediations } from "../../remediations/index.ts";
import { ticketHelp } from "../../src/app/ticket-help.ts";
import { parseConfig } from "../../src/config/parse.ts";
import { peopleFacts } from "../../src/config/people-facts.ts";
import { routeFacts } from "../../src/config/route-facts.ts";
import type { Config } from "../../src/config/schema.ts";
import { exampleIncident } from "../tickets/example-incident.ts";

const jira = `jira:
  url: https://jira.example
  user: dw@example.com
  token_file: /etc/driftwarden/jira-token
  project: OPS
`;

const told = (people: string, tracker = jira) => {
  const text = `store: {url: postgres://h/d}\nsources: {main: {}}\n${tracker}${people}`;
  const config = parseConfig(text, { file: "dw.yaml", remediations });
  return peopleFacts(config).map(({ doubtful, message }) => [doubtful, message]);
};

describe("check looks at people", () => {
  it("and says nothing where none are named", () => {
    expect(told("")).toEqual([]);
  });

  it("and counts them where all is well", () => {
    expect(told("people: {sarah: {jira: a-1}, tom: {jira: b-2, roles: []}}")).toEqual([
      [false, "2 people may say commands"],
    ]);
  });

  it("and doubts a person whose comments nobody could tell from a stranger's", () => {
    const doubt = "tom has no Jira account, so comments of tom are a stranger's";
    expect(told("people: {sarah: {jira: a-1}, tom: {}}")).toEqual([[true, doubt]]);
    const people = "people: {sarah: {jira: a-1}, bot: {machine: true}}";
    expect(told(people)).toEqual([[false, "2 people may say commands"]]);
    expect(told("people: {tom: {}}", "")).toEqual([[false, "1 person may say commands"]]);
  });

  it("and doubts two people of one account", () => {
    expect(told("people: {sarah: {jira: a-1}, tom: {jira: a-1}}")).toEqual([
      [true, "sarah and tom have the same Jira account a-1, so what it says counts as sarah's"],
    ]);
  });

  it("and doubts a team without people, with strangers, or with a name that means something else", () => {
    const people = "people: {sarah: {jira: a-1}}\nteams: ";
    expect(told(`${people}{ml: [Sarah]}`)).toEqual([[false, "1 person may say commands"]]);
    expect(told(`${people}{ml: [zoe], empty: [], Nobody: [sarah], sarah: [sarah]}`)).toEqual([
      [true, "zoe of the team ml is not under people:"],
      [true, "nobody is in the team empty"],
      [
        true,
        "the team Nobody has a name that means something else, so nothing can be assigned to the team",
      ],
      [
        true,
        "the team sarah has a name that means something else, so nothing can be assigned to the team",
      ],
    ]);
    expect(told("teams: {ml: [zoe]}")).toHaveLength(1);
  });

  it("and doubts a role that nobody has", () => {
    const refused = "so whatever needs it is refused to everybody";
    expect(told("people: {sarah: {jira: a-1, roles: [responder]}}")).toEqual([
      [true, `nobody has the role commander, ${refused}`],
      [true, `nobody has the role admin, ${refused}`],
    ]);
  });
});

describe("check looks at names that differ in case alone", () => {
  it.each([
    ["people: {sarah: {jira: a-1}, Sarah: {jira: b-2}}", "sarah and Sarah", "sarah"],
    ["people: {sarah: {jira: a-1}}\nteams: {ml: [sarah], ML: [sarah]}", "ml and ML", "ml"],
  ])("%s", (people, both, first) => {
    expect(told(people)).toContainEqual([
      true,
      `${both} differ in case alone, so whoever types either means ${first}`,
    ]);
  });
});

const routed = (assignee: string) => {
  const people = "people: {sarah: {jira: a-1}, tom: {}}";
  const text = `store: {url: postgres://h/d}\nsources: {main: {}}\n${jira}${people}\nroutes: [{assignee: ${assignee}}]\n`;
  return parseConfig(text, { file: "dw.yaml", remediations });
};

describe("check looks at whom routes assign tickets to", () => {
  it("and doubts a person without an account, whose name is never sent as one", () => {
    const [doubt, ...others] = routeFacts(routed("Tom"));
    expect(doubt).toMatchObject({
      doubtful: true,
      message: "Tom has no Jira account, so no ticket is assigned by this route",
      key: "routes.0.assignee",
    });
    expect(others).toEqual([]);
    expect(assigneeBy(routed("Tom"))).toBeUndefined();
  });

  it.each([
    ["sarah", "a-1"],
    ["SARAH", "a-1"],
    ["5b10-somebody", "5b10-somebody"],
  ])("and takes %s for the account %s", (assignee, account) => {
    expect(routeFacts(routed(assignee))).toEqual([]);
    expect(assigneeBy(routed(assignee))).toBe(account);
  });
});

const teamRoute = (team: string) => {
  const people = "people: {sarah: {jira: a-1}}\nteams: {ml: [sarah]}";
  const routes = `routes: [{when: {team: ${team}}, assignee: sarah}]`;
  const text = `store: {url: postgres://h/d}\nsources: {main: {}}\n${jira}${people}\n${routes}\n`;
  return parseConfig(text, { file: "dw.yaml", remediations });
};

const of = (name: string) => exampleIncident({}, { team: { name, former: null, atMs: 1 } });

describe("check looks at the teams of routes", () => {
  it("and doubts one that teams: does not have", () => {
    expect(routeFacts(teamRoute("[ml, zoo]"))).toMatchObject([
      {
        doubtful: true,
        message: "no team is called zoo, so this route never counts",
        key: "routes.0.when.team",
      },
    ]);
    expect(routeFacts(teamRoute("ml"))).toEqual([]);
  });

  it("and a model whose team was taken out of teams: is routed as if nobody had said it", () => {
    const routeFor = ticketHelp(teamRoute("[ml, zoo]"), []).routeFor;
    expect(routeFor?.(of("ml"))?.assignee).toBe("a-1");
    expect(routeFor?.(of("zoo"))?.assignee).toBeUndefined();
  });
});

const assigneeBy = (config: Config): string | undefined =>
  ticketHelp(config, []).routeFor?.(exampleIncident())?.assignee;
