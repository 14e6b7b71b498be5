/** The sections of a ticket about a service: what to do, what the probes saw, and what it depends on. */
import type { BrokenNeed, FaultClass, ServiceEpisode } from "../incidents/episode.ts";
import { type AdvisedKind, advice } from "./advice.ts";
import {
  data,
  heading,
  type Line,
  line,
  type Message,
  type NamedLine,
  paragraph,
  words,
} from "./message.ts";
import { serviceSymptoms } from "./symptom.ts";
import { clockTime } from "./text.ts";

const classes: Readonly<Record<FaultClass, string>> = {
  infrastructure: "infrastructure: it does not run as it should, or cannot be reached",
  behaviour: "behaviour: it runs and answers, and not as it should",
};

const noticers: Readonly<Record<NonNullable<ServiceEpisode["detectedBy"]>, string>> = {
  alert: "an alert of another program",
  user_report: "a person",
};

/** Who noticed it if no probe did, who probably has to act, and what else is broken that it needs. */
export function serviceFacts(episode: ServiceEpisode): readonly NamedLine[] {
  const { class: of, needs = [], detectedBy: by } = episode;
  return [
    ...(by === undefined ? [] : [["Detected by", words(noticers[by])] as const]),
    ...(of === undefined ? [] : [["Looks like", words(classes[of])] as const]),
    ...(needs.length === 0 ? [] : [["Needs", needLine(needs)] as const]),
  ];
}

/** What to look at before the service itself. */
function needLine(needs: readonly BrokenNeed[]): Line {
  const all = needs.slice(0, 5).map(({ service, kind, sinceMs }, place) => {
    return line`${words(place === 0 ? "" : ", ")}${data(service, 63)} ${words(`${serviceSymptoms[kind]} since ${clockTime(sinceMs)} UTC`)}`;
  });
  return all.flat();
}

export function serviceSections(episode: ServiceEpisode, kind: AdvisedKind): Message {
  const { look, belongsTo, closes } = advice[kind];
  const { probes = [] } = episode;
  return [
    [
      heading("What to do"),
      { kind: "list", items: look.map((text) => words(text)) },
      paragraph(words(`Belongs to ${belongsTo}. Closes ${closes}.`)),
    ],
    ...(probes.length === 0 ? [] : [[heading(headingOf(episode)), seen(probes)] as const]),
  ];
}

function headingOf({ detectedBy: by }: ServiceEpisode): string {
  return by === undefined ? "What the probes saw" : "What was reported";
}

function seen(probes: NonNullable<ServiceEpisode["probes"]>) {
  const rows = probes.map(({ probe, said }) => [data(probe, 120), data(said, 400)]);
  return { kind: "table", header: ["Probe", "Saw"], rows } as const;
}
