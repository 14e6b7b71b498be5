/**
 * Fixes one method of kafkajs 2.2.4. When a connection breaks in the middle of an answer, kafkajs keeps the first part
 * and reads the next connection's data as the rest. From then on no answer matches its request.
 */
import { createRequire } from "node:module";

interface KafkajsConnection {
  chunks: readonly Buffer[];
  bytesBuffered: number;
  bytesNeeded: number;
  isConnected(): boolean;
  connect: (this: KafkajsConnection) => Promise<unknown>;
}

/** Every answer begins with its size, a number of this many bytes. */
const sizeBytes = 4;

const require = createRequire(import.meta.url);
const { prototype }: { prototype: KafkajsConnection } = require("kafkajs/src/network/connection");
const connectAsItWas = prototype.connect;

/** Makes each new connection drop the rest of the last answer. Safe to call more than once. */
export function mendTruncatedAnswer(): void {
  prototype.connect = connect;
}

function connect(this: KafkajsConnection): Promise<unknown> {
  if (!this.isConnected()) {
    this.chunks = [];
    this.bytesBuffered = 0;
    this.bytesNeeded = sizeBytes;
  }
  return connectAsItWas.call(this);
}
