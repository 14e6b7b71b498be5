/** A value that cannot be printed by accident. */
import { inspect } from "node:util";

const mask = "<secret>";
const shortest = 8;

export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The value itself, for the one header it belongs in. */
  reveal(): string {
    return this.#value;
  }

  /** The text with every occurrence of the value masked; too short a value is left, or nothing would stay readable. */
  maskIn(text: string): string {
    return this.#value.length < shortest ? text : text.replaceAll(this.#value, mask);
  }

  toString(): string {
    return mask;
  }

  toJSON(): string {
    return mask;
  }

  [inspect.custom](): string {
    return mask;
  }
}
