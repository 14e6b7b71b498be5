/**
 * Fixes one request of kafkajs 2.2.4. SyncGroup waits until the group's leader has answered. If the leader was killed,
 * the group waits until the leader's session ends. kafkajs abandons the request before that, leaves the group and
 * starts again. Then nobody reads for up to a minute.
 */
import { createRequire } from "node:module";

type Request = Readonly<Record<string, unknown>>;

interface RequestDefinition {
  protocol: (of: { readonly version: number }) => (given: unknown) => Request;
}

/** Time for the answer to come back. */
const networkMs = 5000;

const require = createRequire(import.meta.url);
const syncGroup: RequestDefinition = require("kafkajs/src/protocol/requests/syncGroup");
const protocolAsItWas = syncGroup.protocol;

/** Makes SyncGroup wait longer than a session, as kafkajs does for JoinGroup. Safe to call more than once. */
export function mendSyncTimeout(sessionTimeoutMs: number): void {
  syncGroup.protocol = (of) => {
    const request = protocolAsItWas(of);
    return (given) => ({ ...request(given), requestTimeout: sessionTimeoutMs + networkMs });
  };
}
