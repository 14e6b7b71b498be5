/** Builds the maker of pictures on tickets. It compares rows of the source with the saved state of the model. */
import { type PastOfModel, pastValues } from "../detection/baseline/past-values.ts";
import type { EngineSettings } from "../detection/settings.ts";
import { modelName } from "../model-key.ts";
import type { SourceOptions } from "../source/options.ts";
import { readRecent } from "../source/recent.ts";
import { newestState } from "../store/states/newest.ts";
import type { Store } from "../store/store.ts";
import { type AskedPast, pictureMaker } from "../tickets/picture/make-picture.ts";
import type { MakePicture } from "../tickets/picture/picturing.ts";
import { engineSettings } from "./engine-settings.ts";
import type { StoredParts } from "./parts.ts";
import { registries } from "./registries.ts";
import { sourceList } from "./sources.ts";
import { streamName } from "./stream.ts";

/** For a model of 50 features these are 400 attributions. */
const maxRows = 20_000;
const timeoutMs = 10_000;

interface PastSources {
  readonly store: Store;
  readonly stream: string;
  readonly sources: readonly SourceOptions[];
  readonly detection: EngineSettings;
}

/** @returns undefined where tickets get no pictures */
export function buildPictures({ config, store, logger }: StoredParts): MakePicture | undefined {
  if (config.jira?.pictures !== true) return undefined;
  const from: PastSources = {
    store,
    stream: streamName(config),
    sources: sourceList(config),
    detection: engineSettings(config, registries.detectors),
  };
  return pictureMaker({
    pastOf: (asked) => pastOf(asked, from),
    logger: logger.child({ component: "pictures" }),
  });
}

async function pastOf(
  { model, features, ...time }: AskedPast,
  { store, stream, sources, detection }: PastSources,
): Promise<PastOfModel | undefined> {
  const { source: name, model: own } = modelName(model);
  const source = sources.find((one) => one.name === name);
  if (source === undefined) return undefined;
  const rows = await readRecent(source, { model: own, ...time, maxRows, timeoutMs });
  const state = await newestState(store, { stream, model });
  return pastValues({ rows, state, model, settings: detection, features });
}
