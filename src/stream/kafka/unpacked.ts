/**
 * The output buffer of a decompressor, and a reader of its input. The buffer does not grow beyond a bound, and refuses
 * a copy from before its first byte.
 */

export class Unpacked {
  readonly #most: number;
  #bytes: Buffer;
  #length = 0;

  /** @param most limit of the unpacked bytes; a larger result throws */
  constructor(most: number) {
    this.#most = most;
    this.#bytes = Buffer.allocUnsafe(Math.min(most, 65_536));
  }

  /** @throws RangeError when the output would exceed the bound */
  add(bytes: Uint8Array): void {
    this.#makeRoom(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /**
   * Copies `length` bytes from `distance` bytes before the end to the end. The copy may include bytes that it writes.
   *
   * @throws RangeError when the output would exceed the bound, or the copy would begin before the first byte
   */
  repeat(distance: number, length: number): void {
    if (distance < 1 || distance > this.#length) throw new RangeError("a copy of nothing");
    this.#makeRoom(length);
    for (let copied = 0; copied < length; copied += distance) {
      const from = this.#length - distance;
      const part = this.#bytes.subarray(from, from + Math.min(distance, length - copied));
      this.#bytes.set(part, this.#length);
      this.#length += part.length;
    }
  }

  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  #makeRoom(more: number): void {
    const needed = this.#length + more;
    if (needed > this.#most) throw new RangeError(`more than ${this.#most} bytes`);
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.min(this.#most, Math.max(needed, needed * 2)));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}

/** Reads bytes one after the other, never beyond the end. */
export class ByteReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** @throws RangeError at the end */
  take(count: number): Buffer {
    const end = this.#at + count;
    if (end > this.#bytes.length) throw new RangeError("the bytes end too early");
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }

  byte(): number {
    return this.take(1).readUInt8();
  }

  /** @param bytes 1 to 4 */
  littleEndian(bytes: number): number {
    return this.take(bytes).readUIntLE(0, bytes);
  }
}
