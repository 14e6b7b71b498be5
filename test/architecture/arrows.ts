/** Which room imports which. */
import { moduleOf } from "./module.ts";

/** Lowest first: a room may know those before it. Some are still to be built. */
export const rooms = [
  "detectors",
  "remediations",
  "store",
  "stream",
  "source",
  "detection",
  "outbox",
  "incidents",
  "probes",
  "messages",
  "healing",
  "tickets",
  "notify",
  "config",
  "machine",
  "telemetry",
  "http",
  "web",
  "replay",
  "commands",
  "operator",
  "executor",
  "app",
  "sandbox",
  "cli",
];

export interface Arrow {
  readonly from: string;
  readonly to: string;
}

/** The first folder under src, detectors or remediations; undefined for the leaves that stand in src itself. */
export function roomOf(file: string): string | undefined {
  const [top = "", room, inner] = file.split("/");
  if (top === "src") return inner === undefined ? undefined : room;
  return rooms.includes(top) ? top : undefined;
}

export function arrowsOf(sources: ReadonlyMap<string, string>): readonly Arrow[] {
  const found = new Map<string, Arrow>();
  for (const [file, source] of sources) {
    const from = roomOf(file);
    for (const name of moduleOf(file, source).imports) {
      const to = roomOf(name);
      if (from === undefined || to === undefined || from === to) continue;
      found.set(`${from} ${to}`, { from, to });
    }
  }
  return [...found.values()];
}

export function isUpward({ from, to }: Arrow): boolean {
  return rooms.indexOf(to) > rooms.indexOf(from);
}
