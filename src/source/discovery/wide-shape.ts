/** Finds a column for each feature. Pure. */
import { type ColumnView, numberOf } from "./facts.ts";
import { type FoundShape, notFeature } from "./table-shape.ts";

/** @returns undefined if the columns do not hold importances in this form */
export function foundWide(views: readonly ColumnView[]): FoundShape | undefined {
  const floats = views.filter(({ family }) => family === "float");
  const integers = views.filter(({ family }) => family === "integer").map(({ name }) => name);
  const features = floats.filter(isFeature);
  if (features.length < 2) return undefined;
  const leftOut = [
    ...floats.filter((view) => !isFeature(view)).map(({ name }) => name),
    ...integers,
  ];
  return {
    shape: { form: "wide", features: features.map(({ name }) => name) },
    score:
      22 + Math.min(20, features.length) + (isPrefixed(features) ? 12 : 0) + sizeScore(features),
    reason: `a column for each of ${features.length} features`,
    leftOut,
  };
}

const isFeature = ({ name, cells }: ColumnView): boolean =>
  !notFeature.test(name) && (cells.length === 0 || cells.some((cell) => cell !== null));

/** Whether nearly all names begin with the same word of importances, such as `shap_`. */
function isPrefixed(features: readonly ColumnView[]): boolean {
  const prefixed = features.filter(({ name }) =>
    /^(shap|imp|importance|fi|attr|contrib)_/i.test(name),
  );
  return prefixed.length >= 0.8 * features.length;
}

/** Importances of one row are of one magnitude, and mostly small. Amounts and sizes are not. */
function sizeScore(features: readonly ColumnView[]): number {
  const values = features.flatMap(({ cells }) => cells.map(numberOf).filter(Number.isFinite));
  if (values.length === 0) return 0;
  const small = values.filter((value) => Math.abs(value) <= 10).length / values.length;
  return small > 0.95 ? 10 : small < 0.5 ? -12 : 0;
}
