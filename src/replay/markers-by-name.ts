/**
 * Assigns the markers of a file to models. A marker has only the name of a model; the key of a model may also have a
 * source.
 */
import { type FamilyOf, sameName } from "../model-family.ts";
import { type ModelKey, modelName } from "../model-key.ts";
import { nearest } from "../nearest.ts";
import type { ReplayMarker } from "./feed.ts";

/** A marker in a file. The model is a name, perhaps of one version. */
export interface NamedMarker {
  readonly model: string;
  /** Microseconds since 1970. */
  readonly at: number;
  readonly marker: string;
}

export class MarkersByName {
  readonly #markers: readonly NamedMarker[];
  readonly #met = new Set<ModelKey>();
  readonly #families = new Set<FamilyOf>([sameName]);

  constructor(markers: readonly NamedMarker[]) {
    this.#markers = markers;
  }

  /**
   * The markers of a model at its first row; none at later ones.
   *
   * @param familyOf of the model's source: which names are versions of one model
   */
  meet(model: ModelKey, familyOf: FamilyOf = sameName): readonly ReplayMarker[] {
    if (this.#markers.length === 0 || this.#met.has(model)) return [];
    this.#met.add(model);
    this.#families.add(familyOf);
    const { model: name } = modelName(model);
    return this.#markers
      .filter((marker) => familyOf(marker.model) === name)
      .map((marker) => ({ ...marker, model }));
  }

  /** @yields a sentence for each name without any row: its markers have no effect */
  *unmet(): Generator<string> {
    const known = [...new Set([...this.#met].map((key) => modelName(key).model))];
    const families = [...this.#families];
    for (const name of new Set(this.#markers.map(({ model }) => model))) {
      if (families.some((familyOf) => known.includes(familyOf(name)))) continue;
      const meant = nearest(name, known);
      const hint = meant === undefined ? "" : `. Did you mean ${JSON.stringify(meant)}?`;
      yield `no row is of the model ${JSON.stringify(name)}, so its markers change nothing${hint}`;
    }
  }
}
