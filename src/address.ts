/** Checks an address before anything connects to it. A message never repeats a part that may be a secret. */
import { accessSync, constants } from "node:fs";
import { type AddressCode, AddressError } from "./address-errors.ts";
import { messageOf } from "./errors.ts";
import { nearest } from "./nearest.ts";

const example = "postgres://user@host:5432/database";

const addressError = (code: AddressCode, message: string, hint: string): AddressError =>
  new AddressError(code, message, { hint });

type Rule = (text: string) => AddressError | undefined;

/** The first rule that finds a problem decides. */
const postgresRules: readonly Rule[] = [
  keyValue,
  scheme,
  unescaped,
  severalHosts,
  brackets,
  port,
  parsable,
  parameters,
  sslmode,
  certificateFiles,
];

/** @returns undefined for an address of a Postgres that can be parsed */
export function postgresAddressProblem(address: string): AddressError | undefined {
  const text = address.trim();
  for (const rule of postgresRules) {
    const problem = rule(text);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** `host=db1 dbname=x`, as libpq takes it. */
function keyValue(text: string): AddressError | undefined {
  if (text.includes("://") || !/^\s*\w+\s*=/.test(text)) return undefined;
  const given = new Map(
    [...text.matchAll(/(\w+)\s*=\s*('[^']*'|\S+)/g)].map(([, key = "", value = ""]) => [
      key,
      value.replaceAll("'", ""),
    ]),
  );
  const {
    host = "127.0.0.1",
    port: at = "5432",
    user = "user",
    dbname = "database",
  } = Object.fromEntries(given);
  return addressError(
    "DW_ADDRESS_KEY_VALUE",
    "is in the form key=value, and an address is expected",
    `Write postgres://${user}@${host}:${at}/${dbname}.`,
  );
}

function scheme(text: string): AddressError | undefined {
  const given = /^([a-z][\w+.:-]*):\/\//i.exec(text)?.[1]?.toLowerCase();
  if (given === "postgres" || given === "postgresql") return undefined;
  const message =
    given === undefined ? "has no scheme" : `has the scheme ${given}, and postgres is expected`;
  return addressError("DW_ADDRESS_SCHEME", message, `Write it as ${example}.`);
}

/** What stands between `//` and the path. */
function authorityOf(text: string): { readonly authority: string; readonly rest: string } {
  const after = text.slice(text.indexOf("://") + 3);
  const authority = /^[^/?#]*/.exec(after)?.[0] ?? "";
  return { authority, rest: after.slice(authority.length) };
}

const escapes: Readonly<Record<string, string>> = { "/": "%2F", "?": "%3F", "#": "%23" };

/** `/`, `?` and `#` end the user, password and host of an address, even inside the password. */
function unescaped(text: string): AddressError | undefined {
  const { authority, rest } = authorityOf(text);
  const path = rest.startsWith("/") ? (/^[^?#]*/.exec(rest)?.[0] ?? "") : rest;
  if ((authority.includes("@") ? path : rest).includes("@")) {
    const sign = rest[0] ?? "";
    return addressError(
      "DW_ADDRESS_UNESCAPED",
      `has a ${sign} in its user or password, which ends the host there`,
      `Write ${sign} as ${escapes[sign] ?? encodeURIComponent(sign)}, or keep the password alone in password_file.`,
    );
  }
  const user = authority.slice(0, Math.max(authority.lastIndexOf("@"), 0));
  if (!/%(?![0-9a-f]{2})/i.test(user)) return undefined;
  return addressError(
    "DW_ADDRESS_UNESCAPED",
    "has a % in its user or password that begins no escape",
    "Write % as %25, or keep the password alone in password_file.",
  );
}

const hostOf = (text: string): string => {
  const { authority } = authorityOf(text);
  return authority.slice(authority.lastIndexOf("@") + 1);
};

function severalHosts(text: string): AddressError | undefined {
  const hosts = hostOf(text).split(",");
  if (hosts.length === 1) return undefined;
  return addressError(
    "DW_ADDRESS_SEVERAL_HOSTS",
    `names ${hosts.length} hosts, and one is expected`,
    "Name the host that a proxy, a virtual address or DNS keeps on the right server.",
  );
}

/** Brackets distinguish the colons of an IPv6 address from the colon of a port. */
function brackets(text: string): AddressError | undefined {
  const host = hostOf(text);
  const isOpen = host.startsWith("[") !== host.includes("]");
  if (!isOpen && (host.startsWith("[") || host.split(":").length <= 2)) return undefined;
  const message = isOpen
    ? "has a bracket around its host without the other one"
    : "has a host with colons and no brackets around it";
  return addressError(
    "DW_ADDRESS_INVALID",
    message,
    "Write an IPv6 address in brackets, such as [::1]:5432.",
  );
}

const portHint = "Write a port from 1 to 65535 behind the host, such as host:5432.";

function port(text: string): AddressError | undefined {
  const given = /^(?:\[[^\]]*\]|[^:]*):(.*)$/.exec(hostOf(text))?.[1] ?? "";
  if (given === "" || isPort(given)) return undefined;
  return addressError("DW_ADDRESS_PORT", "has no valid port", portHint);
}

const isPort = (text: string): boolean =>
  /^\d{1,5}$/.test(text) && Number(text) > 0 && Number(text) < 65_536;

function parsable(text: string): AddressError | undefined {
  if (URL.canParse(text)) return undefined;
  return addressError("DW_ADDRESS_INVALID", "is no valid address", `Write it as ${example}.`);
}

/** Those of libpq, and the driver's own. */
const knownParameters = `
  host hostaddr port user password passfile dbname database options application_name fallback_application_name
  client_encoding encoding replication sslmode ssl sslcert sslkey sslrootcert sslpassword sslcrl sslcrldir
  sslnegotiation sslcompression sslsni sslcertmode requiressl requirepeer ssl_min_protocol_version
  ssl_max_protocol_version uselibpqcompat channel_binding min_protocol_version max_protocol_version
  require_auth scram_client_key scram_server_key gssencmode gssdelegation gsslib krbsrvname service
  connect_timeout tcp_user_timeout keepalives keepalives_idle keepalives_interval keepalives_count
  target_session_attrs load_balance_hosts statement_timeout query_timeout lock_timeout
  idle_in_transaction_session_timeout
`
  .trim()
  .split(/\s+/);

/** The driver ignores a parameter that it does not know: with a misspelt `sslmode` nothing would be encrypted. */
function parameters(text: string): AddressError | undefined {
  const unknown = [...new URL(text).searchParams.keys()].find(
    (name) => !knownParameters.includes(name),
  );
  if (unknown === undefined) return undefined;
  const meant = nearest(unknown, knownParameters);
  // Another text may be a part of a password.
  const shown = /^\w{1,40}$/.test(unknown) && meant !== undefined ? ` ${unknown}` : "";
  return addressError(
    "DW_ADDRESS_PARAMETER",
    `has an unknown parameter${shown} behind its ?`,
    meant === undefined
      ? "Take it out, or write one that libpq knows, such as sslmode or connect_timeout."
      : `Did you mean ${meant}?`,
  );
}

const sslmodes = ["disable", "prefer", "require", "verify-ca", "verify-full", "no-verify"];

function sslmode(text: string): AddressError | undefined {
  const mode = new URL(text).searchParams.get("sslmode");
  if (mode === null || sslmodes.includes(mode)) return undefined;
  return addressError(
    "DW_ADDRESS_SSLMODE",
    "has an unknown sslmode, so the connection would not be encrypted",
    `Set sslmode to one of ${sslmodes.join(", ")}.`,
  );
}

function certificateFiles(text: string): AddressError | undefined {
  for (const name of ["sslrootcert", "sslcert", "sslkey"]) {
    const file = new URL(text).searchParams.get(name);
    const why = file === null ? undefined : unreadable(file);
    if (why === undefined) continue;
    return addressError(
      "DW_ADDRESS_CERTIFICATE_FILE",
      `names a file in ${name} that cannot be read: ${why}`,
      `Put the certificate there, readable by the service's user, or correct ${name}.`,
    );
  }
  return undefined;
}

function unreadable(file: string): string | undefined {
  try {
    accessSync(file, constants.R_OK);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

/** @returns undefined for `host:port` */
export function brokerAddressProblem(text: string): AddressError | undefined {
  const address = text.trim();
  const protocol = /^([A-Za-z_+]+):\/\/(.*)$/.exec(address);
  if (protocol !== null) {
    return addressError(
      "DW_ADDRESS_SCHEME",
      `begins with ${protocol[1]}://, and host:port is expected`,
      "Leave the protocol out; stream.kafka.ssl and stream.kafka.sasl say how to connect.",
    );
  }
  if (address.includes(",")) {
    return addressError(
      "DW_ADDRESS_SEVERAL_HOSTS",
      "names several brokers in one text",
      'Make each an item of the list: ["a:9092", "b:9092"].',
    );
  }
  const unclosed = brackets(`//${address}`);
  if (unclosed !== undefined) return unclosed;
  const given = /^(?:\[[0-9a-f:]+\]|[\w.-]+)(?::(.*))?$/i.exec(address);
  if (given !== null && isPort(given[1] ?? "")) return undefined;
  return addressError(
    "DW_ADDRESS_PORT",
    "is not of the form host:port",
    "Write the broker's host and port, such as broker1:9092.",
  );
}

/** Paths below Jira's own address: pages with issues, boards and settings, and the REST API. */
const pages =
  /\/(browse|projects|rest|secure|issues|dashboards?|plugins|login\.jsp|jira\/(software|for-you|your-work|core|servicedesk|dashboards|projects)|c\/projects)(\/|$)/i;

/** @returns undefined for an address without a page, query or fragment, or one that cannot be parsed */
export function jiraAddressProblem(text: string): AddressError | undefined {
  if (!URL.canParse(text)) return undefined;
  const { origin, pathname, search, hash } = new URL(text);
  const page = pages.exec(pathname);
  if (page === null && search === "" && hash === "") return undefined;
  const home = `${origin}${pathname.slice(0, page?.index ?? pathname.length)}`;
  return addressError(
    "DW_ADDRESS_PAGE",
    "is the address of a page in Jira, and the address of Jira itself is expected",
    `Write ${home.replace(/\/+$/, "")}.`,
  );
}
