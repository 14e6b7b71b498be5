/** Finds the proxy to Jira in HTTPS_PROXY and NO_PROXY, as curl does. */
import { jiraError } from "./errors.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * @param to where Jira is; plain http is for loopback only and never goes through a proxy
 * @returns undefined when the connection is direct
 * @throws TrackerError `DW_JIRA_BAD_PROXY` when the variable is no address of an http proxy
 */
export function proxyFor(to: URL, environment: Environment): URL | undefined {
  const text = variable(environment, "https_proxy");
  if (to.protocol !== "https:" || text === "") return undefined;
  if (isExempt(to, variable(environment, "no_proxy"))) return undefined;
  const address = text.includes("://") ? text : `http://${text}`;
  if (URL.canParse(address) && /^https?:$/.test(new URL(address).protocol)) return new URL(address);
  throw jiraError("DW_JIRA_BAD_PROXY", "HTTPS_PROXY is not the address of an http proxy", {
    hint: "Set HTTPS_PROXY to an address such as http://proxy.example:3128, or name Jira's host in NO_PROXY.",
  });
}

/** In small letters or capitals; small ones win. */
function variable(environment: Environment, name: string): string {
  return (environment[name] || environment[name.toUpperCase()] || "").trim();
}

/** `example.com` and `.example.com` also stand for every name below; `*` for every host. */
function isExempt({ hostname, port }: URL, list: string): boolean {
  const host = hostname.toLowerCase().replaceAll(/^\[|\]$/g, "");
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== "")
    .some((entry) => {
      if (entry === "*") return true;
      const [, name = entry, onPort] = /^(.*[^:]):(\d+)$/.exec(entry) ?? [];
      const suffix = name.replace(/^\*?\./, "").replaceAll(/^\[|\]$/g, "");
      const fits = host === suffix || host.endsWith(`.${suffix}`);
      return fits && (onPort === undefined || onPort === (port || "443"));
    });
}
