/** What there is to choose from. The only importer of both registries; everybody else is handed the lists. */
import { detectorTypes } from "../../detectors/index.ts";
import { remediationTypes } from "../../remediations/index.ts";

export const registries = {
  detectors: detectorTypes,
  remediations: remediationTypes,
} as const;
