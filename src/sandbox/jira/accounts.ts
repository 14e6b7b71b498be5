/** Who uses the sandbox: people, apps and customers of a service desk, and how Cloud and Data Center name them. */
import { createHash } from "node:crypto";

export type Deployment = "Cloud" | "Server";

/** What a test or the command line says of an account. */
export interface SandboxUser {
  /** Login name. Data Center shows it. */
  readonly name: string;
  readonly token: string;
  /** Default: the name. Two accounts may share one. */
  readonly displayName?: string;
  /** What acts: a person, a program, or somebody outside who writes through the portal of a service desk. */
  readonly kind?: "person" | "app" | "customer";
  /** Names of the groups that it is in. */
  readonly groups?: readonly string[];
  /** Whether its comments come by mail, from somebody who is no participant of the request (service desk of Cloud). */
  readonly byMail?: boolean;
  /** Whether an issue may be assigned to it. Default: every person. */
  readonly assignable?: boolean;
}

export interface SandboxAccount extends Required<Omit<SandboxUser, "token">> {
  /** Its permanent id on Cloud. */
  readonly accountId: string;
  /** Its permanent id on Data Center. */
  readonly key: string;
}

/** All accounts of a site. An account that is not known is created when its name first occurs. */
export class Accounts {
  readonly #byName = new Map<string, SandboxAccount>();
  readonly #users: readonly SandboxUser[] | undefined;

  /** @param users who may log in; undefined: anybody who names credentials */
  constructor(users: readonly SandboxUser[] | undefined) {
    this.#users = users;
    for (const user of users ?? []) this.#add(user);
  }

  get all(): readonly SandboxAccount[] {
    return [...this.#byName.values()];
  }

  named(name: string): SandboxAccount {
    return this.#byName.get(name) ?? this.#add({ name });
  }

  /** @param id an account id, a key or a name */
  find(id: string): SandboxAccount | undefined {
    return this.all.find(({ accountId, key, name }) => [accountId, key, name].includes(id));
  }

  /** @param authorization the header; undefined when the credentials are missing or wrong */
  loggedIn(authorization: string): SandboxAccount | undefined {
    const [scheme = "", value = ""] = authorization.split(" ");
    if (value === "") return undefined;
    const bearer = scheme.toLowerCase() === "bearer";
    const decoded = Buffer.from(value, "base64").toString("utf8");
    const colon = decoded.indexOf(":");
    const name = bearer ? undefined : decoded.slice(0, colon);
    const token = bearer ? value : decoded.slice(colon + 1);
    if (this.#users === undefined) return this.named(name ?? "bot");
    const user = this.#users.find((one) => one.token === token && (name ?? one.name) === one.name);
    return user === undefined ? undefined : this.named(user.name);
  }

  #add({ name, displayName = name, kind = "person", ...user }: Omit<SandboxUser, "token">) {
    const { groups = [], byMail = false, assignable = kind === "person" } = user;
    const account: SandboxAccount = {
      name,
      displayName,
      kind,
      groups,
      byMail,
      assignable,
      accountId: `712020:${createHash("sha256").update(name).digest("hex").slice(0, 32)}`,
      key: `JIRAUSER${10_100 + this.#byName.size}`,
    };
    this.#byName.set(name, account);
    return account;
  }
}

const accountTypes = { person: "atlassian", app: "app", customer: "customer" } as const;

/** An account as Jira shows it. Cloud hides the name, Data Center does not say what kind it is. */
export function accountBody(
  { name, displayName, accountId, key, kind }: SandboxAccount,
  { url, deployment }: { readonly url: string; readonly deployment: Deployment },
): Readonly<Record<string, unknown>> {
  const shown = { displayName, active: true, timeZone: "Etc/UTC" };
  if (deployment === "Server")
    return {
      self: `${url}/rest/api/2/user?username=${encodeURIComponent(name)}`,
      name,
      key,
      ...shown,
    };
  const self = `${url}/rest/api/2/user?accountId=${encodeURIComponent(accountId)}`;
  return { self, accountId, accountType: accountTypes[kind], ...shown };
}
