/**
 * The commands that people can give on a ticket now, each with its reason. A test compares them with the existing
 * commands.
 */
import type { Incident } from "../incidents/incident.ts";
import { advisedKind, announceable } from "./advised-kind.ts";
import { heading, type Line, line, type MessageSection, strong, words } from "./message.ts";

const typed = (text: string): Line => strong(words(`dw ${text}`));

/** The reason comes first, so that no line begins with a command. */
export function nextWords(incident: Incident): MessageSection {
  const items = incident.state === "open" ? whileOpen(incident) : once(incident);
  const more = line`To see how it stands, or what else can be said: ${typed("status")}, ${typed("help")}`;
  return [heading("What to say here"), { kind: "list", items: [...items, more] }];
}

function whileOpen(incident: Incident): readonly Line[] {
  const { people, silence } = incident;
  const kind = advisedKind(incident);
  return [
    ...(people?.ack === undefined
      ? [line`You look at it, so that nobody else has to: ${typed("ack")}`]
      : [line`You cannot go on, so that somebody else takes it: ${typed("unack")}`]),
    ...(kind !== undefined && announceable.has(kind)
      ? [line`It was planned, so that it becomes the new normal: ${typed("expected")}`]
      : []),
    silence === undefined
      ? line`It is known and can wait, so that nothing is told and no fix runs: ${typed("silence 2h REASON")}`
      : line`It cannot wait after all, so that it is told again: ${typed("unsilence")}`,
  ];
}

/** Asks for a verdict if nobody has given one. */
function once({ people }: Incident): readonly Line[] {
  if (people?.verdict !== undefined) return [];
  return [line`It is over, so one word is left: ${verdictWords}`];
}

/** `dw real, dw false-positive or dw expected` */
export const verdictWords: Line = line`${typed("real")}, ${typed("false-positive")} or ${typed("expected")}`;
