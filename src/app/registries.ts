/** All registries. Only this file imports them; all others get the lists. */
import { detectorTypes } from "../../detectors/index.ts";
import { remediationTypes } from "../../remediations/index.ts";
import { probeKinds } from "../probes/index.ts";

export const registries = {
  detectors: detectorTypes,
  remediations: remediationTypes,
  probes: probeKinds,
} as const;
