import { describe, expect, it } from "vitest";
import { modelRoutes } from "../../src/detection/routes.ts";
import { freezeRoutes } from "../../src/healing/freeze-routes.ts";
import { runRoutes } from "../../src/healing/routes.ts";
import type { HttpItemRoute, HttpRoute } from "../../src/http-route.ts";
import { incidentKinds, severities } from "../../src/incidents/episode.ts";
import { incidentStates, runStatuses } from "../../src/incidents/incident.ts";
import { incidentJson } from "../../src/incidents/incident-json.ts";
import { incidentRoutes } from "../../src/incidents/routes.ts";
import { silenceOf } from "../../src/incidents/silence.ts";
import { effectRoutes } from "../../src/outbox/routes.ts";
import { effectStatuses } from "../../src/store/outbox/effect.ts";
import type { Store } from "../../src/store/store.ts";
import { createHealth } from "../../src/telemetry/health.ts";
import { openIncident } from "../fakes/episodes.ts";
import {
  digest,
  effect,
  freeze,
  incident,
  model,
  replicasShown,
  resolvedService,
  storedRunShown,
} from "./api-examples.ts";

const store = (): Store => {
  throw new Error("the store was asked");
};

interface Section {
  readonly routes: readonly (HttpRoute | HttpItemRoute)[];
  readonly what: string;
  readonly example: object;
  /** Something else that is shown, and what it is. */
  readonly more?: readonly [what: string, example: object];
  /** Parameter → what it keeps. */
  readonly parameters: Readonly<Record<string, string>>;
}

const oneOf = (words: readonly string[]): string => words.map((word) => `\`${word}\``).join(", ");
const several = (words: readonly string[]): string =>
  `${oneOf(words)}; given several times, any of them fits`;

const sections: Readonly<Record<string, Section>> = {
  Incidents: {
    routes: incidentRoutes(store),
    what: `Newest first. \`subject\` is the first member. \`members.items\` has the twenty most important ones; \`total\` counts all that there ever were. A digest has
the subject kind \`digest\`, and its members are episodes that share its ticket, each with the number of its own incident.
\`driftwarden incidents list --json\` prints the same. A member that is a service has \`class\`, \`infrastructure\` or \`behaviour\`, where
a probe found it. \`detected_by\` is \`detector\`, \`probe\`, \`alert\` or \`user_report\`.`,
    example: incident,
    parameters: {
      state: several(incidentStates),
      severity: several(severities),
      kind: several(incidentKinds),
      subject: "name or key of a model or service that is, or was, a member",
      silenced: "`true`: only those about which nothing is told and nothing is run for now",
    },
  },
  Runs: {
    routes: runRoutes(store),
    what: "Newest decision first. A run that was only observed or denied is in the list too.",
    example: storedRunShown,
    more: [
      "A run on [replicas](../how-to/replicas.md) names each of them, in the order in which they were restarted.",
      replicasShown,
    ],
    parameters: {
      incident: "number or id of the incident",
      fix: "name of the fix",
      status: several(runStatuses),
    },
  },
  Freezes: {
    routes: freezeRoutes(store),
    what: `Those that hold or are planned, the earliest start first. \`matchers\` is empty where everything is held back; else all of its lists must match.
\`driftwarden freeze --json\` prints the same. How one begins and ends: [freeze.md](../how-to/freeze.md).`,
    example: freeze,
    parameters: {},
  },
  Models: {
    routes: modelRoutes(() => []),
    what: "By key. Each process lists the models in the partitions that it holds now.",
    example: model,
    parameters: { subject: "name or key of the model" },
  },
  Effects: {
    routes: effectRoutes(store),
    what: "Promised tickets, comments, runs and timers, oldest promise first. What is done stays in the list until retention removes it.",
    example: effect,
    parameters: { status: oneOf(effectStatuses) },
  },
};

const health = createHealth();
health.register("store", () => ({ ok: true }));
health.register("tracker", () => ({ ok: false, reason: "reading the project: ECONNREFUSED" }));

const block = (value: object): string => `\`\`\`json\n${JSON.stringify(value, null, 2)}\n\`\`\`\n`;

function sectionText(title: string, section: Section): string {
  const { routes, what, example, more, parameters } = section;
  const paths = routes.map(({ path }) => `- \`GET ${path}\``).join("\n");
  const rows = Object.entries(parameters).map(([name, text]) => `| \`${name}\` | ${text} |\n`);
  return `## ${title}

${paths}

${what}

${rows.length === 0 ? "" : `| parameter | only those with |\n|---|---|\n${rows.join("")}\n`}${block(example)}${more === undefined ? "" : `\n${more[0]}\n\n${block(more[1])}`}`;
}

const page = (): string => `# HTTP API

Every path but three is read only. \`POST /api/v1/commands\` gives a command: [answer.md](../how-to/answer.md). \`POST /api/v1/alerts\` takes alerts and reports:
[alerts.md](../how-to/alerts.md). \`POST /api/v1/webhooks/jira\` takes webhooks of Jira. Keys are snake_case. Times are ISO 8601, UTC, with milliseconds. What is not known, or does not apply, is \`null\`.
This page is generated from the program.

A list is \`{"items":[…],"next":null}\`, at most a hundred items a page. Pass \`next\` as \`after\` to get the next page; \`limit\`, 1 to 100, makes pages smaller.
An unknown parameter, or a value that means nothing, is answered with 400, so that no filter is ignored in silence.

Every error is \`{"code":"DW_…","message":"…","hint":"…"}\`; the codes are in [errors.md](errors.md).

${Object.entries(sections)
  .map(([title, section]) => sectionText(title, section))
  .join("\n")}
## Health

- \`GET /-/healthy\` is 200 as long as the process answers.
- \`GET /-/ready\` is 200 while detection goes on and what it decides is kept, and 503 otherwise. A tracker or an engine that is unavailable makes it
  \`degraded\`, not unready: what they should do waits.

${block(health.readiness())}
\`GET /metrics\` is for Prometheus: [metrics.md](metrics.md).
`;

describe("docs/reference/api.md", () => {
  it("shows every route with its parameters and an answer; if it is stale, run this test with --update", async () => {
    await expect(page()).toMatchFileSnapshot("../../docs/reference/api.md");
  });

  it.each(Object.entries(sections))("describes every parameter of %s", (_title, section) => {
    const known = section.routes.flatMap((route) =>
      "find" in route ? [] : (route.parameters ?? []),
    );
    expect(known).toEqual(Object.keys(section.parameters));
  });
});

describe("an answer of the API", () => {
  const form = /^"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"$/;
  const answers = { incident, resolvedService, digest, storedRunShown, model, effect };

  it.each(Object.entries(answers))(
    "of %s has snake_case keys, and every time has milliseconds and UTC (FR-T8)",
    (_what, answer) => {
      const keys: string[] = [];
      const times: string[] = [];
      JSON.stringify(answer, (key, value: unknown) => {
        if (key !== "" && !/^\d+$/.test(key)) keys.push(key);
        if (/(^|_)(at|since)$/.test(key)) times.push(JSON.stringify(value));
        return value;
      });
      expect(times.length).toBeGreaterThan(0);
      expect(times.filter((time) => time !== "null" && !form.test(time))).toEqual([]);
      expect(keys.filter((key) => !/^[a-z]+(_[a-z]+)*$/.test(key))).toEqual([]);
    },
  );

  it("of an incident has these keys in this order, whatever is stored beside them", () => {
    const keys =
      "number id fingerprint subject kinds severity state opened_at resolved_at members ticket runs";
    for (const shown of [incident, resolvedService, digest])
      expect(Object.keys(shown).join(" ")).toBe(keys);
  });

  it("of an incident has a silence only while there is one", () => {
    const silence = { command: "c#0", by: "sarah", atMs: 0, untilMs: 60_000 };
    const open = openIncident();
    expect(incidentJson({ ...open, silence: silenceOf(open, silence) }).silence).toEqual({
      about: "credit_score of churn-v7",
      by: "sarah",
      since: "1970-01-01T00:00:00.000Z",
      until: "1970-01-01T00:01:00.000Z",
    });
    expect(incident).not.toHaveProperty("silence");
  });

  it("of an incident names a service, and when it was resolved", () => {
    expect(resolvedService).toMatchObject({
      subject: { kind: "service", name: "checkout", key: "default/production//checkout" },
      resolved_at: "2026-11-27T03:29:15.926Z",
      members: { total: 1, items: [{ features: [], state: "left" }] },
      ticket: null,
    });
  });

  it("of a digest names its scope, and each episode with the incident that it was", () => {
    expect(digest).toMatchObject({
      subject: { kind: "digest", name: "default/production", key: "default/production//" },
      members: { total: 130, items: [{ incident: 5, state: "left", kind: "shift" }] },
      runs: [],
    });
  });
});
