/** The hint for a host name that cannot be resolved, which would otherwise look like a server that does not answer. */
import { messageOf } from "./errors.ts";

const hints: readonly (readonly [words: RegExp, hint: string])[] = [
  [
    /ENOTFOUND/,
    "No host has this name: correct it, or make it known to DNS or to /etc/hosts of this machine.",
  ],
  [/EAI_AGAIN/, "The name server does not answer: look at /etc/resolv.conf and at the network."],
];

/** @param otherwise the hint for a server that has an address and does not answer */
export function hintOfUnreachable(error: unknown, otherwise: string): string {
  let text = "";
  for (let inner = error; inner instanceof Error; inner = inner.cause)
    text += `${"code" in inner ? String(inner.code) : ""} ${messageOf(inner)} `;
  return hints.find(([words]) => words.test(text))?.[1] ?? otherwise;
}
