/** The one place that decides how the rows of a source become attributions. */
import type { SourceSettings } from "../settings.ts";
import { Assembler } from "./assembler.ts";
import type { Assembling, Assembly, FeatureSlots } from "./assembling.ts";
import { PredictionWindows } from "./prediction-windows.ts";

export function assemblerOf(
  slots: FeatureSlots,
  { assemblyWindowUs, predictionWindowUs: windowUs }: SourceSettings,
  { assembly, maxFeatures }: { readonly assembly: Assembly; readonly maxFeatures: number },
): Assembling {
  const limits = { assemblyWindowUs, maxFeatures };
  return windowUs === undefined
    ? new Assembler(slots, limits, assembly)
    : new PredictionWindows(slots, { ...limits, windowUs }, assembly);
}
