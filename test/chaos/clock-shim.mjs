/** Preloaded into a daemon. Its wall clock is off by the milliseconds in the file $CHAOS_CLOCK_FILE. */
import { readFileSync } from "node:fs";

const file = process.env.CHAOS_CLOCK_FILE;
const RealDate = Date;
let offsetMs = 0;

const look = () => {
  try {
    offsetMs = Number(readFileSync(file, "utf8")) || 0;
  } catch {
    // Between truncation and writing it is empty: keep what was said last.
  }
};
look();
setInterval(look, 100).unref();

const now = () => RealDate.now() + offsetMs;

globalThis.Date = class extends RealDate {
  constructor(...given) {
    if (given.length === 0) super(now());
    else super(...given);
  }

  static now() {
    return now();
  }
};
