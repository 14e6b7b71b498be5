/**
 * The messages behind the markup that a sandbox receives. The demo runs in the same process as the sender and adds each
 * message here. So pages show tickets without parsing markup.
 */
import type { Message } from "../../messages/message.ts";

export class KnownMessages {
  readonly #byMarkup = new Map<string, Message>();

  /** `message` was sent as `markup`. */
  add(markup: string, message: Message): void {
    this.#byMarkup.set(markup, message);
  }

  /** What the markup says. Markup of somebody else is shown as it is. */
  of(markup: string): Message {
    return this.#byMarkup.get(markup) ?? [[{ kind: "code", text: markup }]];
  }
}
