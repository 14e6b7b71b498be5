/**
 * Decides which Host headers are answered, against DNS rebinding: a foreign page whose name resolves to this machine
 * must not read from it.
 */

const loopback = /^(localhost|127\.\d+\.\d+\.\d+|::1)$/;

/** The name in a Host header, without port and brackets. */
function hostName(header: string): string {
  return header
    .replace(/:\d*$/, "")
    .replace(/^\[|\]$/g, "")
    .toLowerCase();
}

/**
 * A server on a loopback address answers only its own names. On any other address it answers every name, because there
 * the network decides who gets through.
 *
 * @param listenHost the address listened on
 * @returns tells whether a Host header is answered
 */
export function allowedHosts(listenHost: string): (header: string | undefined) => boolean {
  if (!loopback.test(listenHost)) return () => true;
  const allowed = new Set(["127.0.0.1", "localhost", "::1", listenHost]);
  return (header) => header !== undefined && allowed.has(hostName(header));
}
