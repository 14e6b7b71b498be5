/** Waits outside vitest too, for what other processes do in their own time, and says what it waited for in vain. */
import { setTimeout as pause } from "node:timers/promises";

export async function waitUntil(
  condition: () => boolean | Promise<boolean>,
  { what, withinMs }: { readonly what: string; readonly withinMs: number },
): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`waited ${withinMs / 1000} s for ${what}`);
    await pause(50);
  }
}
