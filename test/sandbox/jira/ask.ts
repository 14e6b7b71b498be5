/** A sandbox for one test, and calls to its REST API in the name of an account. */
import { onTestFinished } from "vitest";
import {
  type JiraSandbox,
  type JiraSandboxOptions,
  startJiraSandbox,
} from "../../../src/sandbox/jira/server.ts";

export const fields = { project: { key: "IR" }, issuetype: { name: "Bug" }, summary: "Something" };

export async function sandbox(options: JiraSandboxOptions = {}): Promise<JiraSandbox> {
  const started = await startJiraSandbox(options);
  onTestFinished(() => started.stop());
  return started;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Headers;
}

export interface Asking {
  readonly body?: unknown;
  /** Default: ann. */
  readonly as?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** @param line method and path below /rest/api/2 */
export async function askAs(
  place: Pick<JiraSandbox, "url">,
  line: string,
  { body, as = "ann", headers = {} }: Asking = {},
): Promise<Answer> {
  const [method = "GET", path = "/"] = line.split(" ");
  const response = await fetch(`${place.url}/rest/api/2${path}`, {
    method,
    headers: { authorization: `Basic ${btoa(`${as}:token`)}`, ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const parsed: unknown = text === "" ? undefined : JSON.parse(text);
  return { status: response.status, body: parsed, headers: response.headers };
}

/** Driftwarden, a person, a program, and a customer who calls himself like the person. */
const users: NonNullable<JiraSandboxOptions["users"]> = [
  { name: "bot", token: "token", displayName: "Driftwarden" },
  { name: "sarah", token: "token", displayName: "Sarah", groups: ["ops"] },
  { name: "rule", token: "token", kind: "app" },
  { name: "sarah2", token: "token", displayName: "Sarah", kind: "customer" },
];

/** A sandbox with one ticket of the account `bot`. */
export async function withTicket(options: JiraSandboxOptions = {}): Promise<JiraSandbox> {
  const place = await sandbox({ users, ...options });
  await askAs(place, "POST /issue", { as: "bot", body: { fields: { ...fields, labels: ["x"] } } });
  return place;
}
