/**
 * Cuts the operations that Driftwarden asks for out of Atlassian's whole description of a Jira, with the schemas that they
 * need. Prose and examples are left out: only names and types of the interface stay.
 *
 *     npx tsx test/tickets/jira/openapi/cut.ts WHOLE.json > test/tickets/jira/openapi/cloud.json
 */
import { readFileSync } from "node:fs";
import { z } from "zod";

/** Below the base path of the description. */
const operations: readonly (readonly [method: string, path: string])[] = [
  ["delete", "/attachment/{id}"],
  ["delete", "/issue/{issueIdOrKey}"],
  ["delete", "/issue/{issueIdOrKey}/comment/{id}"],
  ["get", "/attachment/{id}"],
  ["get", "/field"],
  ["get", "/group/member"],
  ["get", "/groups/picker"],
  ["get", "/issue/createmeta/{projectIdOrKey}/issuetypes/{issueTypeId}"],
  ["get", "/issue/{issueIdOrKey}"],
  ["get", "/issue/{issueIdOrKey}/changelog"],
  ["get", "/issue/{issueIdOrKey}/comment"],
  ["get", "/issue/{issueIdOrKey}/comment/{id}"],
  ["get", "/issue/{issueIdOrKey}/transitions"],
  ["get", "/mypermissions"],
  ["get", "/myself"],
  ["get", "/priority"],
  ["get", "/project/{projectIdOrKey}"],
  ["get", "/serverInfo"],
  ["get", "/status"],
  ["get", "/user"],
  ["get", "/user/assignable/search"],
  ["get", "/user/groups"],
  ["post", "/issue"],
  ["post", "/issue/{issueIdOrKey}/attachments"],
  ["post", "/issue/{issueIdOrKey}/comment"],
  ["post", "/issue/{issueIdOrKey}/transitions"],
  ["post", "/issueLink"],
  ["post", "/search"],
  ["post", "/search/jql"],
  ["put", "/issue/{issueIdOrKey}"],
  ["put", "/issue/{issueIdOrKey}/assignee"],
  ["put", "/issue/{issueIdOrKey}/comment/{id}"],
];

const bag = z.record(z.string(), z.unknown());
type Bag = z.infer<typeof bag>;

const wholeShape = z.looseObject({
  openapi: z.string(),
  info: z.looseObject({
    title: z.string(),
    version: z.string(),
    license: z.unknown().optional(),
    termsOfService: z.unknown().optional(),
  }),
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
  components: z.looseObject({ schemas: bag }),
});

/** @param whole Atlassian's description of Cloud (paths under `/rest/api/3`) or of Data Center (`/api/2`) */
export function cut(whole: unknown): unknown {
  const { openapi, info, paths, components } = wholeShape.parse(whole);
  const base = "/rest/api/3/myself" in paths ? "/rest/api/3" : "/api/2";
  const kept: Record<string, Bag> = {};
  for (const [method, path] of operations) {
    const found = paths[base + path]?.[method];
    if (found === undefined || isTakenAway(path, base)) continue;
    // In the whole description of Data Center several operations have one id.
    const operationId = `${method} ${path}`;
    const bare = bag.parse(stripped(found));
    kept[base + path] = { ...kept[base + path], [method]: mended({ ...bare, operationId }) };
  }
  const schemas = reachable(kept, components.schemas);
  const { title, version, license, termsOfService } = info;
  return {
    openapi,
    info: { title, version, license, termsOfService },
    paths: kept,
    components: { schemas },
  };
}

/** Cloud describes a search that it took away in 2025. */
const isTakenAway = (path: string, base: string): boolean =>
  path === "/search" && base === "/rest/api/3";

const prose: ReadonlySet<string> = new Set(["description", "summary", "example", "examples"]);
const others: ReadonlySet<string> = new Set(["security", "tags", "externalDocs", "xml"]);

/** A property or parameter may be called like a key of prose; its value is a schema then. */
function stripped(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(stripped);
  const object = bag.safeParse(value).data;
  if (object === undefined) return value;
  const entries = Object.entries(object).filter(
    ([key, held]) =>
      !others.has(key) && !key.startsWith("x-") && !(prose.has(key) && !isSchema(held)),
  );
  return Object.fromEntries(entries.map(([key, held]) => [key, stripped(held)]));
}

const isSchema = (value: unknown): boolean => {
  const object = bag.safeParse(value).data ?? {};
  return typeof object["type"] === "string" || typeof object["$ref"] === "string";
};

/** Files are described as a list, and the header that they need in words alone. */
function mended(operation: Bag): Bag {
  if (operation["operationId"] !== "post /issue/{issueIdOrKey}/attachments") return operation;
  const file = { type: "object", required: ["file"], properties: { file: {} } };
  const header = {
    in: "header",
    name: "X-Atlassian-Token",
    required: true,
    schema: { type: "string", enum: ["no-check"] },
  };
  const parameters = [...z.array(z.unknown()).parse(operation["parameters"] ?? []), header];
  const content = { "multipart/form-data": { schema: file } };
  return { ...operation, parameters, requestBody: { required: true, content } };
}

/** All schemas that are named, directly or by another one. */
function reachable(from: unknown, all: Bag): Bag {
  const kept: Record<string, unknown> = {};
  const waiting = namesIn(from);
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (name in kept) continue;
    kept[name] = stripped(all[name]);
    waiting.push(...namesIn(kept[name]));
  }
  return Object.fromEntries(Object.entries(kept).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

const namesIn = (value: unknown): string[] =>
  [...JSON.stringify(value ?? null).matchAll(/"#\/components\/schemas\/([^"]+)"/g)].flatMap(
    ([, name]) => name ?? [],
  );

const [, script = "", whole] = process.argv;
if (script.endsWith("cut.ts") && whole !== undefined) {
  const text = readFileSync(whole, "utf8");
  process.stdout.write(`${JSON.stringify(cut(JSON.parse(text)), null, 1)}\n`);
}
