/** Decodes the file of the configuration, which is UTF-8, and says where it is not. */
import { isUtf8 } from "node:buffer";
import type { Problem } from "./errors.ts";

/** @returns the text, or what is wrong with the bytes */
export function decodeConfig(bytes: Buffer): string | Problem {
  const mark = bytes.subarray(0, 2).toString("hex");
  if (mark === "fffe" || mark === "feff" || bytes.subarray(0, 64).includes(0))
    return problem(1, "the file is UTF-16, or no text, and UTF-8 is expected", "UTF-16");
  if (isUtf8(bytes)) return bytes.toString("utf8");
  const { line, seen } = firstWrong(bytes);
  return problem(line, `has bytes that are not UTF-8 (${seen})`, "WINDOWS-1252");
}

const problem = (line: number, message: string, from: string): Problem => ({
  line,
  path: "",
  message,
  hint: `Save it as UTF-8, for example: iconv -f ${from} -t UTF-8 FILE > FILE.utf8.`,
});

function firstWrong(bytes: Buffer): { readonly line: number; readonly seen: string } {
  let start = 0;
  for (let line = 1; ; line++) {
    const end = bytes.indexOf(0x0a, start);
    const text = bytes.subarray(start, end < 0 ? bytes.length : end);
    if (!isUtf8(text) || end < 0) {
      const seen = Buffer.from(text.filter((byte) => byte >= 0x80).subarray(0, 4));
      return { line, seen: seen.toString("hex") };
    }
    start = end + 1;
  }
}
