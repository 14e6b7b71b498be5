/** Splits the bytes from a socket into lines of limited length. */
import { TextDecoder } from "node:util";

/** A line that is too long or not UTF-8. Nothing after it can be read. */
export class BrokenLine extends Error {}

/**
 * The lines, without their line ends. Bytes after the last line end are dropped.
 *
 * @yields each line as soon as it is complete
 * @throws BrokenLine; whatever the stream throws
 */
export async function* linesOf(
  stream: AsyncIterable<Buffer>,
  maxBytes: number,
): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let parts: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    let rest = chunk;
    for (let end = rest.indexOf(0x0a); end >= 0; end = rest.indexOf(0x0a)) {
      const line = Buffer.concat([...parts, rest.subarray(0, end)]);
      if (line.length > maxBytes) throw new BrokenLine(`a line of over ${maxBytes} bytes`);
      parts = [];
      bytes = 0;
      rest = rest.subarray(end + 1);
      yield decoded(decoder, line);
    }
    bytes += rest.length;
    if (bytes > maxBytes) throw new BrokenLine(`a line of over ${maxBytes} bytes`);
    if (rest.length > 0) parts.push(rest);
  }
}

function decoded(decoder: TextDecoder, line: Buffer): string {
  try {
    return decoder.decode(line);
  } catch (error) {
    throw new BrokenLine("a line that is no UTF-8", { cause: error });
  }
}
