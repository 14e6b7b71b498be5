/** OpenClaw's table at an address, for commands without a configuration. */
import { defaultConnection, defaultSourceOptions, type SourceOptions } from "../source/options.ts";
import { probeSource } from "../source/probe.ts";

/** Columns that name the model, where nobody has said which. */
const modelColumns = ["model", "model_name", "model_id"];

/**
 * Looks up whether the table has a column for the model.
 *
 * @param say told which column it is
 * @throws SourceError
 */
export async function openClawAt(url: string, say: (line: string) => void): Promise<SourceOptions> {
  const plain = {
    ...defaultSourceOptions,
    name: "main",
    connection: { ...defaultConnection, url },
  };
  const { available } = await probeSource(plain);
  const model = modelColumns.find((name) => available.some((column) => column.name === name));
  if (model === undefined) return plain;
  say(`the column ${model} names the model`);
  return { ...plain, columns: { ...plain.columns, model } };
}
