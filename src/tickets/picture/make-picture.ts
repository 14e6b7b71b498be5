/** Makes the picture of an incident from what was observed. A failure is logged, and the ticket then has no picture. */
import type { Logger } from "pino";
import type { Incident } from "../../incidents/incident.ts";
import { numbered } from "../../messages/picture/numbered-names.ts";
import {
  type ObservedPast,
  type Picture,
  pictureOf,
  pictureSubjects,
  shownTime,
} from "../../messages/picture/picture.ts";
import { pictureSvg } from "../../messages/picture/picture-svg.ts";
import { sparklines } from "../../messages/picture/sparkline.ts";
import type { ModelKey } from "../../model-key.ts";
import type { MadePicture, MakePicture } from "./picturing.ts";
import { type PngRenderer, pngRenderer } from "./render-png.ts";

/** Which past a picture needs. */
export interface AskedPast {
  readonly model: ModelKey;
  readonly features: readonly string[];
  readonly fromMs: number;
  readonly untilMs: number;
}

export interface PictureOptions {
  /**
   * Reads the values of a model before and since; undefined where the source is not known. Bounded in rows and time.
   */
  readonly pastOf: (asked: AskedPast) => Promise<ObservedPast | undefined>;
  readonly logger: Logger;
  /** Default: the optional package, if it is there. */
  readonly renderer?: () => Promise<PngRenderer | undefined>;
  /** A drawing that takes longer is left out, ms. Default 15 s. */
  readonly deadlineMs?: number;
}

interface Drawn {
  readonly png: Buffer;
  readonly names?: readonly string[];
}

export function pictureMaker(options: PictureOptions): MakePicture {
  const { logger, pastOf, renderer = pngRenderer } = options;
  let rendering: Promise<PngRenderer | undefined> | undefined;
  const render = onceAtATime(options.deadlineMs ?? 15_000);
  const drawn = async (picture: Picture): Promise<Drawn | undefined> => {
    rendering ??= renderer();
    const png = await rendering;
    if (png === undefined) logger.debug("pictures are lines of text: @resvg/resvg-js is not here");
    if (png === undefined) return undefined;
    const { picture: shown, names } = numbered(picture, png.hasLetter);
    const drawing = await render(() => png.render(pictureSvg(shown)));
    return names.length === 0 ? { png: drawing } : { png: drawing, names };
  };
  return async (incident): Promise<MadePicture | undefined> => {
    const failed = (says: string) => (err: unknown) => {
      logger.warn({ err, incident: incident.number }, says);
      return undefined;
    };
    const picture = await observed(incident, pastOf).catch(failed("no picture could be made"));
    if (picture === undefined) return undefined;
    const made = await drawn(picture).catch(failed("a picture could not be drawn"));
    return { png: undefined, ...made, lines: sparklines(picture) };
  };
}

async function observed(incident: Incident, pastOf: PictureOptions["pastOf"]) {
  const subjects = pictureSubjects(incident);
  const pasts = new Map<ModelKey, ObservedPast>();
  for (const { model, episode } of subjects) {
    if (pasts.has(model)) continue;
    const own = subjects.filter((subject) => subject.model === model);
    const features = own.map(({ feature }) => feature.feature);
    const past = await pastOf({ model, features, ...shownTime(episode) });
    if (past !== undefined) pasts.set(model, past);
  }
  return pictureOf(incident, subjects, pasts);
}

type Once = (start: () => Promise<Buffer>) => Promise<Buffer>;

/** A late drawing continues in its thread. No other one is started until it ends, so memory stays bounded. */
function onceAtATime(deadlineMs: number): Once {
  let isDrawing = false;
  return async (start) => {
    if (isDrawing) throw new Error("an earlier picture is still being drawn");
    isDrawing = true;
    const drawing = start().finally(() => {
      isDrawing = false;
    });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      const says = `drawing took longer than ${deadlineMs} ms`;
      timer = setTimeout(() => reject(new Error(says)), deadlineMs);
    });
    try {
      return await Promise.race([drawing, late]);
    } finally {
      clearTimeout(timer);
    }
  };
}
