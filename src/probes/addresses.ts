/**
 * Finds the addresses of a host, and refuses those that give out credentials of the machine. The addresses that were
 * checked are the ones that are connected to, so a name cannot lead elsewhere in between.
 */
import { lookup } from "node:dns/promises";
import { isIP } from "node:net";

export interface HostAddress {
  readonly address: string;
  readonly family: number;
}

export type ResolvedHost =
  | { readonly status: "found"; readonly addresses: readonly HostAddress[] }
  /** No such name. */
  | { readonly status: "unknown"; readonly code: string }
  /** The name server does not answer, or the address is refused: nothing can be said about the service. */
  | { readonly status: "unasked"; readonly reason: string };

/** Looks a name up. Rejects with an error that has a `code`. */
export type HostLookUp = (host: string) => Promise<readonly HostAddress[]>;

const systemLookUp: HostLookUp = (host) => lookup(host, { all: true, verbatim: true });

/**
 * Link-local addresses, where clouds give out credentials: 169.254.169.254 (AWS, Google, Azure, DigitalOcean),
 * 169.254.170.2 (AWS ECS), fd00:ec2::254 (AWS), 100.100.100.200 (Alibaba), 192.0.0.192 (Oracle).
 */
const metadata: readonly RegExp[] = [
  /^169\.254\./,
  /^fe[89ab][0-9a-f]:/,
  /^fd00:ec2:/,
  /^100\.100\.100\.200$/,
  /^192\.0\.0\.192$/,
];

/** Whether an IP address is one at which clouds give out credentials. */
export function isMetadataAddress(address: string): boolean {
  const text = address.toLowerCase();
  const mapped = mappedV4(text);
  return metadata.some((form) => form.test(mapped ?? text));
}

/** `::ffff:169.254.169.254`, or with its last part in hexadecimal. */
function mappedV4(address: string): string | undefined {
  const rest = /^(?:0*:)*:?ffff:(.+)$/.exec(address)?.[1];
  if (rest === undefined || rest.includes(".")) return rest;
  const [high = 0, low = 0] = rest.split(":").map((part) => Number.parseInt(part, 16));
  return [high >> 8, high & 255, low >> 8, low & 255].join(".");
}

export interface ResolveOptions {
  readonly metadataAddress: boolean;
  /** Default: the system's. */
  readonly lookUp?: HostLookUp | undefined;
}

/** @param host a name, or an IP address with or without brackets */
export async function resolveHost(
  host: string,
  { metadataAddress, lookUp = systemLookUp }: ResolveOptions,
): Promise<ResolvedHost> {
  const bare = host.replace(/^\[|\]$/g, "");
  const family = isIP(bare);
  const found = family > 0 ? [{ address: bare, family }] : await named(bare, lookUp);
  if ("status" in found) return found;
  const refused = metadataAddress ? undefined : found.find((one) => isMetadataAddress(one.address));
  if (refused === undefined) return { status: "found", addresses: found };
  const reason = `${host} leads to ${refused.address}, where clouds give out credentials; say metadata_address: true if it is meant`;
  return { status: "unasked", reason };
}

async function named(
  host: string,
  lookUp: HostLookUp,
): Promise<readonly HostAddress[] | Exclude<ResolvedHost, { status: "found" }>> {
  try {
    const found = await lookUp(host);
    return found.length === 0 ? { status: "unknown", code: "ENOTFOUND" } : found;
  } catch (error) {
    const code = codeOf(error);
    // Only an answer says that there is no such name. Without an answer, every name would look unknown.
    if (code === "ENOTFOUND" || code === "ENODATA") return { status: "unknown", code };
    return { status: "unasked", reason: `the name server does not answer for ${host} (${code})` };
  }
}

/** The code of an error of Node; its name where it has none. */
export function codeOf(error: unknown): string {
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  if (!(error instanceof Error)) return "unknown";
  return "code" in error && typeof error.code === "string" ? error.code : error.name;
}

/** This machine has no room for another connection, or may not make it. The service is not at fault. */
const ours: ReadonlySet<string> = new Set([
  "EMFILE",
  "ENFILE",
  "ENOBUFS",
  "ENOMEM",
  "EADDRNOTAVAIL",
  "EACCES",
  "EPERM",
]);

export const isOwnFailure = (error: unknown): boolean => ours.has(codeOf(error));
