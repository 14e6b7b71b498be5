/** The text on how an incident ended. It is for incidents that are not open. */
import type { Incident } from "../incidents/incident.ts";
import { readTime } from "./text.ts";

/** `back to normal since 2026-11-26 22:51 UTC`, for an incident that is not open. */
export const endedText = (incident: Incident): string =>
  `${endingOf(incident)} since ${readTime(incident.lastSeenAtMs)}`;

/** `back to normal`; the text follows "it is". */
export const endingOf = ({ endedBy }: Incident): string => endings[endedBy ?? "recovered"];

const endings = {
  recovered: "back to normal",
  accepted: "accepted as the new normal",
  marker: "announced as the new normal",
  retired: "not watched any more",
} as const satisfies Record<NonNullable<Incident["endedBy"]>, string>;
