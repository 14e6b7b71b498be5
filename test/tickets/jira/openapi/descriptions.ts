/** Atlassian's own descriptions of both Jiras, as judges of requests and of answers. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Document, OpenAPIBackend } from "openapi-backend";
import type { Deployment } from "../../../../src/sandbox/jira/accounts.ts";

/** The part of a request that a description knows. */
export interface JiraRequest {
  readonly method: string;
  /** With `/rest/api/2` in front. */
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Of a form its parts by name. */
  readonly body: unknown;
}

export interface DescribedAnswer {
  readonly method: string;
  /** Below the base path, as the description writes it. */
  readonly path: string;
  readonly status: number;
  readonly body: unknown;
}

export interface Description {
  /** What it does not allow: an operation that it does not know, or parameters or a body of another shape. */
  requestViolations(request: JiraRequest): readonly string[];
  answerViolations(answer: DescribedAnswer): readonly string[];
}

/** Cloud is described as v3, which has everything of v2 and takes a document where v2 takes markup. */
const kinds = {
  Cloud: { file: "cloud.json", base: "/rest/api/3" },
  Server: { file: "data-center.json", base: "/api/2" },
} as const;

/** By deployment; known once a process. */
export const descriptions: Readonly<Record<Deployment, Description>> = {
  Cloud: await opened("Cloud"),
  Server: await opened("Server"),
};

async function opened(deployment: Deployment): Promise<Description> {
  const { file, base } = kinds[deployment];
  const definition: Document = JSON.parse(readFileSync(join(import.meta.dirname, file), "utf8"));
  const backend = await new OpenAPIBackend({
    definition,
    quick: true,
    strict: false,
    ajvOpts: { strict: false, logger: false, allErrors: true },
  }).init();
  return {
    requestViolations: (request) => {
      const asked = { ...request, path: request.path.replace("/rest/api/2", base) };
      if (!backend.matchOperation(asked)) return ["no such operation"];
      const { errors } = backend.validateRequest(asked);
      const problems = (errors ?? []).map(
        ({ instancePath, message }) => `${instancePath} ${message}`,
      );
      return problems.filter((problem) => !isFalseAlarm(deployment, request, problem));
    },
    answerViolations: ({ method, path, status, body }) => {
      const operation = backend.matchOperation({ method, path: base + path, headers: {} });
      if (operation === undefined) return ["no such operation"];
      if (!(String(status) in (operation.responses ?? {}))) return [`no status ${status}`];
      if (status === 204) return body === undefined ? [] : ["a body where there is none"];
      const { errors } = backend.validateResponse(body, operation, status);
      return (errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
    },
  };
}

function isFalseAlarm(deployment: Deployment, request: JiraRequest, problem: string): boolean {
  // A form with files is no text, and wiki markup is a document in v3.
  if (problem === "/requestBody must be string") return true;
  if (deployment === "Cloud") return problem === "/requestBody/body must be object";
  return isWronglyDescribed(problem) || isLeftOut(request, problem);
}

/**
 * Data Center's declares every field of an issue as an object; a list with commas as none; and the value of a property
 * as text.
 */
const isWronglyDescribed = (problem: string): boolean =>
  problem === "/query/fields must be array" ||
  /^\/requestBody\/properties\/0\/value must be string$/.test(problem) ||
  /^\/(requestBody|query)\/fields\/\w+ must be object$/.test(problem);

/**
 * Data Center gives the groups of a user where it is asked to, and its description forgets how. It gives all permissions,
 * and its description does not know the list that Cloud has to be asked for.
 */
function isLeftOut({ path, query }: JiraRequest, problem: string): boolean {
  const groups = path === "/rest/api/2/user" && /^key=\w+&expand=groups$/.test(query);
  const permissions =
    path === "/rest/api/2/mypermissions" && /^projectKey=\w+&permissions=[\w%]+$/.test(query);
  return (groups || permissions) && problem === "/query must NOT have additional properties";
}
