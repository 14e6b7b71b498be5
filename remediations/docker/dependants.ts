/** Finds what depends on a container, from a list of all containers. Pure. */
import type { Dependant } from "./engine.ts";

/** The facts about every container of the engine that the search needs. */
export interface Neighbour {
  readonly id: string;
  readonly name: string;
  /** As the engine names it; `unknown` when the engine does not say. */
  readonly state: string;
  readonly labels: Readonly<Record<string, string>>;
  /** `container:` with an id or a name where the container uses the network of another one. */
  readonly networkMode: string;
}

const compose = "com.docker.compose.";
/** A container in one of these states loses nothing. */
const stopped: ReadonlySet<string> = new Set(["exited", "created", "dead"]);

/**
 * The running containers that use the network of this one, and those of its compose project that depend on its service.
 * Compose writes a dependency into a label, as `service:condition:restart`, separated by commas.
 */
export function dependantsOf(id: string, all: readonly Neighbour[]): readonly Dependant[] {
  const itself = all.find((one) => one.id === id);
  const found = all.flatMap((other): readonly Dependant[] => {
    if (other.id === id || stopped.has(other.state)) return [];
    const by = dependsBy(other, { id, itself });
    return by === undefined ? [] : [{ name: other.name, by }];
  });
  return found.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

interface Lender {
  readonly id: string;
  /** Undefined when the list does not show it. */
  readonly itself: Neighbour | undefined;
}

function dependsBy(other: Neighbour, lender: Lender): Dependant["by"] | undefined {
  if (livesIn(other, lender)) return "network";
  return lender.itself !== undefined && needs(other, lender.itself) ? "depends_on" : undefined;
}

function livesIn({ networkMode }: Neighbour, { id, itself }: Lender): boolean {
  const [, lender = ""] = /^container:(.+)$/.exec(networkMode) ?? [];
  // The engine keeps an id as it was typed, perhaps its first digits only.
  const isId = /^[0-9a-f]{4,}$/.test(lender) && id.startsWith(lender);
  return isId || (lender !== "" && lender === itself?.name);
}

function needs({ labels }: Neighbour, { labels: own }: Neighbour): boolean {
  const [service, project] = [own[`${compose}service`], own[`${compose}project`]];
  if (!service || labels[`${compose}project`] !== project) return false;
  return servicesIn(labels[`${compose}depends_on`]).includes(service);
}

const servicesIn = (label = ""): readonly string[] =>
  label.split(",").map((entry) => entry.split(":", 1)[0]?.trim() ?? "");

/** The text for people and for the snapshot: `gateway-1 (network), web-1 (depends_on)`. */
export function dependantsText(dependants: readonly Dependant[]): string {
  return dependants.map(({ name, by }) => `${name} (${by})`).join(", ");
}
