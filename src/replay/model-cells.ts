/** The name of the model in a line of a file: from one column, from several, or the one model of the file. */
import { keyPart } from "../model-key.ts";
import { isNullName } from "./cells.ts";
import { placesOfNames } from "./columns.ts";
import type { BadRow, FileNames } from "./file-names.ts";
import { onlyModel } from "./file-row.ts";

export class ModelCells {
  /** Places of the columns that name the model together; none where the file has one model. */
  readonly places: readonly number[];
  readonly #names: FileNames;

  constructor(places: readonly number[], names: FileNames) {
    this.places = places;
    this.#names = names;
  }

  /** Without one of its parts a model has no name. Parts are escaped, so that two models never share a name. */
  in(cells: readonly string[]): string | BadRow {
    if (this.places.length === 0) return onlyModel;
    return this.#names.of("model", this.#joined(cells));
  }

  /** Whether control characters were removed from the name. */
  isCleaned(cells: readonly string[], model: string): boolean {
    return this.places.length > 0 && model !== this.#joined(cells);
  }

  #joined(cells: readonly string[]): string {
    const parts = this.places.map((place) => cells[place] ?? "");
    if (parts.length === 1) return parts[0]!;
    return parts.some(isNullName) ? "" : parts.map(keyPart).join("/");
  }
}

/** @throws FileError DW_CLI_FILE if the header lacks one of the parts */
export function modelPlaces(
  file: string,
  header: readonly string[],
  { model, parts }: { readonly model: number; readonly parts: readonly string[] | undefined },
): readonly number[] {
  if (parts !== undefined) return placesOfNames(file, header, parts);
  return model < 0 ? [] : [model];
}
