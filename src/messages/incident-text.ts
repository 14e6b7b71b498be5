/** The text of a new incident: the opening block, advice, changes, attempts of fixes, and scores. */
import { type Digest, isDigest } from "../incidents/digest.ts";
import { isModelEpisode, type ModelEpisode } from "../incidents/episode.ts";
import type { Incident } from "../incidents/incident.ts";
import { isShared } from "../incidents/member.ts";
import { modelName } from "../model-key.ts";
import { type AdvisedKind, advice, adviceText } from "./advice.ts";
import { advisedKind, announceable } from "./advised-kind.ts";
import { announcedChanges } from "./changes-text.ts";
import { digestHeadline, digestText } from "./digest-text.ts";
import { changes, reasons } from "./episode-text.ts";
import { startMs } from "./link-values.ts";
import {
  type Block,
  data,
  heading,
  line,
  type Message,
  type MessageSection,
  paragraph,
  words,
} from "./message.ts";
import { displayName, shortName } from "./names.ts";
import { nextWords } from "./next-words.ts";
import { type HelpLinks, nightFacts, openingBlock } from "./opening-block.ts";
import { waitingSections } from "./proposal-text.ts";
import { queryFor } from "./query.ts";
import { serviceSections } from "./service-text.ts";
import { membersSection, sharedHeadline } from "./shared-text.ts";
import { stormSections } from "./storm-text.ts";
import { headline } from "./symptom.ts";
import { oneLine, readTime } from "./text.ts";
import { attempts, goesOnFrom } from "./ticket-life-text.ts";
import { whatIsWrong } from "./what-is-wrong.ts";

/** Title and text of a new ticket. */
export interface TitledMessage {
  /** Plain text without the severity, one line; under 80 characters with it. */
  readonly title: string;
  readonly message: Message;
}

export function incidentText(incident: Incident | Digest, help: HelpLinks): TitledMessage {
  const { number, fingerprint } = incident;
  const { title, message } = isDigest(incident)
    ? { title: digestHeadline(incident), message: digestText(incident) }
    : openedText(incident, help);
  const text = `Driftwarden incident ${number}, fingerprint ${fingerprint}`;
  return { title, message: [...message, [{ kind: "footer", text }]] };
}

function openedText(incident: Incident, help: HelpLinks): TitledMessage {
  const { episode, severity, state, formerTickets = [] } = incident;
  const kind = advisedKind(incident);
  return {
    title: isShared(incident)
      ? sharedHeadline(incident, severity.length + 3)
      : headline(episode, severity.length + 3),
    message: [
      ...formerTickets.slice(-1).map(goesOnFrom),
      [openingBlock(incident, help)],
      [nightFacts(incident, help)],
      ...(kind === undefined || state === "resolved" ? [] : advised({ kind, episode, help })),
      ...(isShared(incident) ? [membersSection(incident)] : []),
      ...waitingSections(incident, whatIsWrong(incident)),
      ...pictured(incident),
      ...(isModelEpisode(episode) ? changed(episode) : []),
      ...stormSections(episode),
      ...announcedChanges(incident),
      [heading("What was tried"), attempts(incident.runs)],
      ...timeline(incident),
      nextWords(incident),
      ...(isModelEpisode(episode) ? [[heading("How it was judged"), ...reasons(episode)]] : []),
    ],
  };
}

function pictured({ picture }: Incident): Message {
  if (picture === undefined) return [];
  if (picture.file !== undefined)
    return [[{ kind: "picture", file: picture.file }, ...namesIn(picture.names ?? [])]];
  return [[{ kind: "code", text: picture.lines.join("\n") }]];
}

/** Explains the numbers that the picture shows in place of names. Its font lacks letters of these names. */
function namesIn(names: readonly string[]): readonly Block[] {
  const each = names.flatMap((name, i) => [
    ...words(`${i === 0 ? "" : ", "}[${i + 1}] is `),
    ...data(name, 200),
  ]);
  return names.length === 0 ? [] : [paragraph(line`In the picture, ${each}.`)];
}

/** The texts of people, oldest first. */
function timeline({ told = [] }: Incident): Message {
  if (told.length === 0) return [];
  const items = told.map(({ atMs, by, about, text }) => {
    const what = about === "note" ? words("") : words(`${about}: `);
    return line`${words(readTime(atMs))} ${by}: ${what}${data(text || "(deleted)", 300)}`;
  });
  return [[heading("What people said"), { kind: "list", items }]];
}

function changed({ features }: ModelEpisode): Message {
  return features.length === 0 ? [] : [[heading("What changed"), ...changes(features)]];
}

interface Advised {
  readonly kind: AdvisedKind;
  readonly episode: ModelEpisode;
  readonly help: HelpLinks;
}

function advised({
  kind,
  episode,
  help,
}: Omit<Advised, "episode"> & Pick<Incident, "episode">): Message {
  if (isModelEpisode(episode)) return [whatToDo({ kind, episode, help })];
  return serviceSections(episode, kind);
}

/** The query also shows a day before the start, so that people see the usual values. */
const queriedBeforeMs = 86_400_000;

function whatToDo({ kind, episode, help }: Advised): MessageSection {
  const { look, belongsTo, closes } = advice[kind];
  const feature = episode.features[0]?.feature;
  const filled = (text: string): string => adviceText(text, feature && shortName(feature));
  const query = sourceQuery({ kind, episode, help });
  return [
    heading("What to do"),
    { kind: "list", items: look.map((text) => data(filled(text), 300)) },
    ...(query === undefined ? [] : [{ kind: "code", text: query } as const]),
    paragraph(data(`Belongs to ${filled(belongsTo)}. Closes ${closes}.`, 400)),
    ...(announceable.has(kind)
      ? [
          paragraph(words("If it was deployed or retrained on purpose, announce it:")),
          retrained(episode),
        ]
      : []),
  ];
}

function sourceQuery({ kind, episode, help }: Advised): string | undefined {
  const { source: name, model } = modelName(episode.model);
  const source = help.sources?.[name];
  if (source === undefined) return undefined;
  const fromMs = startMs(episode) - queriedBeforeMs;
  return queryFor({ kind, source, model, feature: episode.features[0]?.feature, fromMs });
}

/** The command that announces that the model was retrained. It names the source, since several may have such a model. */
export function retrained(episode: ModelEpisode): Block {
  const model = shellQuoted(displayName(episode)) ?? "MODEL";
  const source = shellQuoted(modelName(episode.model).source) ?? "SOURCE";
  return { kind: "code", text: `driftwarden marker ${model} retrain --source ${source}` };
}

/** @returns the quoted name; undefined if it cannot be typed */
function shellQuoted(name: string): string | undefined {
  if (oneLine(name, 120) !== name || /[{}]/.test(name)) return undefined;
  return /^\w[\w.:@%+/-]*$/.test(name) ? name : `'${name.replaceAll("'", `'\\''`)}'`;
}
