/** Each setting of the schema: the least and the most that are accepted, and one beyond each. */
import { z } from "zod";
import { remediationTypes as remediations } from "../../remediations/index.ts";
import { parseConfig } from "../../src/config/parse.ts";
import { configSchema } from "../../src/config/schema.ts";
import { parseDuration } from "../../src/duration.ts";

/** Maps have the entry `main`, lists the entry 0. */
export interface Extremes {
  readonly path: string;
  readonly accepted: readonly unknown[];
  readonly refused: readonly unknown[];
}

type Values = Omit<Extremes, "path">;
type Schema = Extract<z.core.JSONSchema.JSONSchema, object>;

const a = (length: number): string => "a".repeat(length);
const both = (accepted: readonly unknown[], refused: readonly unknown[]): Values => ({
  accepted,
  refused,
});

const runs = both(
  ["0 per 1ms", "999999 per 36500d"],
  ["1000000 per day", "1 per 0s", "1 per 36501d"],
);

const freeText = both(["t", a(4096)], ["", " ", a(4097), "a\nb", "a\0b"]);
const modelPart = both(["t", "ü/%", a(512)], ["", a(513), "a\nb", "a\0b"]);
const column = both(["c", 'odd "name"', a(63)], ["", a(64), "a\0b"]);
const kafkaName = both(["g", a(255)], ["", a(256), "a\nb"]);
const percentage = both(["0.000001 %", "99.999999 %"], ["0 %", "-1 %", "much"]);
const timeZone = both(
  ["UTC", "America/Argentina/ComodRivadavia"],
  ["", "+01:00", "-0330", "Mars/Base"],
);
const link = both(["https://a.example/{{model}}"], ["ftp://a.example", "https://a/{{who}}"]);

/** Texts with a form of their own. Every other text is free. */
const forms: Readonly<Record<string, Values>> = {
  "store.schema": both(["_", "select", a(50)], ["", a(51), "A", "pg_a", "information_schema"]),
  "sources.main.tenant": modelPart,
  "sources.main.environment": modelPart,
  "sources.main.model": modelPart,
  "sources.main.time_zone": timeZone,
  "sources.main.columns.timestamp": column,
  "sources.main.columns.feature": column,
  "sources.main.columns.importance": column,
  "sources.main.columns.model": column,
  "sources.main.columns.features.0": column,
  "sources.main.columns.values": column,
  "sources.main.versioned_names": both(
    ["{name}-v{version}", "({version}) {name}", `{name}${a(4079)}{version}`],
    [
      "",
      "churn",
      "{name}",
      "{name}{version}",
      "{name}-{name}-{version}",
      a(4097),
      "{name}\n{version}",
    ],
  ),
  "sources.main.predictions.window": both(
    ["60s", "31d"],
    ["59s", "31d 1ms", "0s", "-1s", "1000000000w", "soon"],
  ),
  "stream.kafka.topic": both(["t", "...", a(249)], ["", ".", "..", a(250), "a b"]),
  "stream.kafka.group": kafkaName,
  "stream.kafka.sasl.username": kafkaName,
  "stream.kafka.brokers.0": both(["b:1", "b:65535"], ["b", "b:65536"]),
  "detection.open_after": both(["1 of 1", "8 of 8"], ["0 of 1", "2 of 1", "1 of 9"]),
  "detection.overrides.0.least_effect.share": both(percentage.accepted, [
    ...percentage.refused,
    "100 %",
  ]),
  "detection.overrides.0.least_effect.relative": both(
    [...percentage.accepted, "9999 %"],
    [...percentage.refused, "10000 %"],
  ),
  "incidents.max_new_tickets": both(
    ["0 per 1ms", "999999 per 36500d"],
    ["-1 per 1h", "1000000 per 1h", "1 per 0s", "1 per 36501d"],
  ),
  "jira.project": both(["A", "AB_1", a(255)], ["", "1A", a(256), 'A" OR 1=1']),
  "people.main.time_zone": timeZone,
  "report.time_zone": timeZone,
  "teams.main.0": both(["a", a(40)], ["", a(41), "a b"]),
  "routes.0.project": both(["A", "AB_1", a(255)], ["", "1A", a(256), 'A" OR 1=1']),
  "routes.0.labels": both(["l", a(255)], ["", a(256), "a b", "driftwarden-x"]),
  "links.dashboard_url": link,
  "links.runbook_url": link,
  "docker.executor": both(["/s", `/${a(106)}`], ["s", `/${a(107)}`]),
  "docker.socket": both(["/s", `/${a(106)}`], ["s", `/${a(107)}`]),
  "services.main.tenant": modelPart,
  "services.main.environment": modelPart,
  "services.main.container.label": both(["a=b"], ["", "a", "=b", "a="]),
  "services.main.container.compose_service": both(["a", "A.b-c"], ["", "a b", "-a"]),
  "services.main.container.compose_project": both(["a", "A.b-c"], ["", "a b", "-a"]),
  "services.main.health.0.http": both(
    ["http://h/healthz", "https://h:1"],
    ["", "ftp://h", "http://u:p@h", "http://h?token=x"],
  ),
  "services.main.health.0.tcp": both(
    ["h:1", "[::1]:65535"],
    ["", "h", "h:0", "h:65536", "http://h:1"],
  ),
  "services.main.health.0.slow_after": both(["1ms", "24d"], ["0s", "25d", "-1s", "soon"]),
  "services.main.depends_on.0": both(["other"], ["", "main", "unknown", "a b"]),
  "services.main.memory_above": both(["0.000001 %", "100 %"], ["0 %", "100.1 %", "much"]),
  "fixes.0.name": both(["a", a(63)], ["", a(64), "A"]),
  "fixes.0.do": both(["restart-container"], ["nothing"]),
  "fixes.0.max_runs": runs,
  "fixes.0.max_runs_per_target": runs,
  "healing.max_runs": runs,
  "healing.max_runs_per_host": runs,
  "healing.storm.models": both(["0.000001 %", "100 %"], ["0 %", "101 %", "much"]),
  "healing.maintenance.0.name": both(["n", a(60)], ["", a(61), "a\nb"]),
  "healing.maintenance.0.from": both(["00:00", "23:59"], ["", "24:00", "7:00", "22", "22:60"]),
  "healing.maintenance.0.to": both(["00:01", "24:00"], ["", "24:01", "7:00", "01:00"]),
  "healing.maintenance.0.time_zone": timeZone,
  "verify.give_up_after": both(["1 cadence", "9999 cadences"], ["0 cadences", "10000 cadences"]),
  "http.listen": both(["127.0.0.1:0", "[::1]:65535"], ["127.0.0.1:65536", "0.0.0.0:80", "a"]),
};

/** Addresses and secrets have tests of their own: address.test.ts, secrets.test.ts, people-facts.test.ts. */
const elsewhere =
  /(^|\.)(url|url_file|ca_file|password_file|token_file|webhook_secret_file)$|^people\.main\.roles\./;

/** Everything that the schema has, so that each setting has a place. */
function whole(token: string, path: string): Record<string, unknown> {
  const columns = path.includes(".features.") ? { features: ["other"] } : {};
  const target = { label: "app=scorer" };
  return {
    store: { url: "postgres://h/d" },
    sources: { main: { columns, history: {}, ignore: ["other"] } },
    stream: { kafka: { brokers: ["b:1"], sasl: { username: "u", password_file: token } } },
    detection: { overrides: [{ feature: "f0", direction: "both", least_effect: { value: 1e-9 } }] },
    incidents: {},
    jira: {
      url: "https://j.example",
      user: "u",
      token_file: token,
      priorities: {},
      groups: { main: ["responder"] },
    },
    alertmanager: { url: "https://a.example", user: "u", token_file: token },
    people: { main: { scopes: ["read"] } },
    teams: { main: ["main"] },
    routes: [{ labels: ["l"] }],
    links: {},
    docker: {},
    services: servicesFor(path),
    alerts: { fingerprint_labels: ["alertname"] },
    healing: {
      storm: {},
      maintenance: [
        { name: "n", days: ["mon"], from: "01:00", to: "02:00", time_zone: "UTC", when: {} },
      ],
    },
    fixes: [{ name: "fix", when: { model: "*" }, do: "restart-container", target }],
    verify: {},
    retention: {},
    http: {},
    telemetry: {},
  };
}

/** A service is selected by label or compose service, and an endpoint is of http or tcp; never by both. */
function servicesFor(path: string): Record<string, unknown> {
  const container = path.includes("compose_") ? { compose_service: "a" } : { label: "a=b" };
  const endpoint = path.endsWith(".tcp") ? {} : { http: "http://h/healthz" };
  const main = { container, health: [endpoint], depends_on: [] };
  return { main, other: { health: [{ tcp: "h:1" }] } };
}

/** The whole configuration, with one setting changed. */
export function withSetting(
  path: string,
  value: unknown,
  { token }: { readonly token: string },
): unknown {
  const input = whole(token, path);
  const keys = path.split(".");
  let place: object = input;
  for (const key of keys.slice(0, -1)) {
    const inner: unknown = Reflect.get(place, key);
    const next = typeof inner === "object" && inner !== null ? inner : {};
    Reflect.set(place, key, next);
    place = next;
  }
  Reflect.set(place, keys.at(-1) ?? "", value);
  return input;
}

const isAccepted = (path: string, value: unknown): boolean => {
  try {
    const text = JSON.stringify(withSetting(path, value, { token: "/t" }));
    parseConfig(text, { file: "dw.yaml", remediations });
    return true;
  } catch {
    return false;
  }
};

/** The nearest of the bounds that durations have, from below and from above. */
function durations(path: string): Values {
  const least = ["0s", "1ms", "1s", "1d"].find((text) => isAccepted(path, text));
  const most = ["36500d", "24d", "1d", "30m"].find((text) => isAccepted(path, text));
  return both([least, most], ["-1s", "1000000000w", "soon"]);
}

function numbers({ type, minimum, maximum, exclusiveMinimum }: Schema): Values {
  if (type === "number") return both([Number.MIN_VALUE, Number.MAX_VALUE], [exclusiveMinimum, -1]);
  const [least = 0, most = 0] = [minimum, maximum];
  return both([least, most], [least - 1, most + 1, least + 0.5]);
}

function valuesOf(path: string, schema: Schema): Values | undefined {
  const { type, enum: choices, default: usual } = schema;
  if (choices !== undefined) return both(choices, ["", "neither"]);
  if (type === "boolean") return both([true, false], ["maybe", 1]);
  if (type === "integer" || type === "number") return numbers(schema);
  if (type !== "string") return undefined;
  if (typeof usual === "string" && parseDuration(usual) !== undefined) return durations(path);
  return forms[path] ?? (schema.minLength === 1 ? freeText : undefined);
}

interface Leaf {
  readonly path: string;
  readonly schema: Schema;
}

/** Of several forms of a setting the first one counts. */
function leavesOf(schema: Schema["items"], path: readonly string[] = []): readonly Leaf[] {
  if (typeof schema !== "object" || Array.isArray(schema)) return [];
  const { properties, additionalProperties: rest, items, anyOf } = schema;
  if (properties !== undefined) {
    return Object.entries(properties).flatMap(([key, inner]) => leavesOf(inner, [...path, key]));
  }
  if (typeof rest === "object") return leavesOf(rest, [...path, "main"]);
  if (items !== undefined) return leavesOf(items, [...path, "0"]);
  return anyOf === undefined ? [{ path: path.join("."), schema }] : leavesOf(anyOf[0], path);
}

function leaves(): readonly Leaf[] {
  const schema = z.toJSONSchema(configSchema, { io: "input", unrepresentable: "any" });
  // What a field of Jira holds is Jira's to say.
  return leavesOf(schema).filter(
    ({ path, schema: leaf }) => !elsewhere.test(path) && leaf.$ref === undefined,
  );
}

/** A remediation has settings of its own beside those of the schema. */
const ofRemediations: readonly Extremes[] = [
  { path: "fixes.0.grace_seconds", accepted: [0, 3600], refused: [-1, 3601, 0.5] },
  { path: "fixes.0.target", accepted: [{ label: "a=b" }], refused: [{}, { label: "" }] },
];

export function extremes(): readonly Extremes[] {
  return [
    ...leaves().flatMap(({ path, schema }) => {
      const values = valuesOf(path, schema);
      return values === undefined ? [] : [{ path, ...values }];
    }),
    ...ofRemediations,
  ];
}

/** Settings for which nothing here says what is least and most. */
export const settingsWithoutExtremes = (): readonly string[] =>
  leaves().flatMap(({ path, schema }) => (valuesOf(path, schema) === undefined ? [path] : []));
