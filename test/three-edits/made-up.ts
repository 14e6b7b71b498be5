/** A made-up plug-in as a person would add it: one new module, one entry in a list, one test. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Lines that are put into a file, each group behind the first place where its mark stands. */
interface Insertion {
  readonly file: string;
  readonly lines: readonly (readonly [mark: string, line: string])[];
}

interface NewFile {
  readonly file: string;
  readonly text: string;
}

/** The three edits. A fourth has no place here. */
export interface MadeUp {
  readonly kind: string;
  readonly module: NewFile;
  /** An import and an entry. */
  readonly list: Insertion & {
    readonly lines: readonly [readonly [string, string], readonly [string, string]];
  };
  readonly test: NewFile | Insertion;
}

/** Makes the three edits in a copy of the tree. @throws Error when a mark is not there */
export async function makeEdits(tree: string, { module, list, test }: MadeUp): Promise<void> {
  for (const edit of [module, list, test]) {
    const path = join(tree, edit.file);
    const text = "text" in edit ? edit.text : inserted(await readFile(path, "utf8"), edit);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
}

function inserted(before: string, { file, lines }: Insertion): string {
  let text = before;
  for (const [mark, line] of lines) {
    const at = text.indexOf(mark);
    if (at < 0) throw new Error(`${file} does not say ${mark}`);
    const end = at + mark.length;
    text = text.slice(0, end) + line + text.slice(end);
  }
  return text;
}
