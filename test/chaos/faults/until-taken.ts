/** Tries what needs a server that another fault may have stopped, until it takes it. */
import { setTimeout as pause } from "node:timers/promises";

export async function untilTaken(act: () => Promise<unknown>, withinMs: number): Promise<void> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    try {
      await act();
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await pause(200);
    }
  }
}
