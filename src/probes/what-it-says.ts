/** Reads what an endpoint says of itself in the body of a failed answer. Anything else than JSON says nothing. Pure. */

export interface SaidByEndpoint {
  /** Names of the parts that it calls failing, at most five. */
  readonly failing: readonly string[];
  /** It starts, stops or loads itself anew, and nothing else fails. */
  readonly isStarting: boolean;
}

/** OpenClaw 2026.9: /startupz and /readyz while it starts, stops, or loads a plugin anew. */
const starting: ReadonlySet<string> = new Set(["starting", "draining", "plugin-reload"]);
const mostParts = 5;

export function whatItSays(body: string): SaidByEndpoint {
  const said = parsed(body);
  const failing = Array.isArray(said["failing"]) ? said["failing"].filter(isText) : [];
  const words = [said["status"], said["state"], said["reason"]].filter(isText);
  const isStarting =
    failing.length > 0
      ? failing.every((name) => starting.has(name))
      : words.some((word) => starting.has(word));
  return { failing: failing.slice(0, mostParts), isStarting };
}

const isText = (value: unknown): value is string => typeof value === "string";

function parsed(body: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null
      ? Object.fromEntries(Object.entries(value))
      : {};
  } catch {
    return {};
  }
}
