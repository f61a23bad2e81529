/**
 * Content security policy of the carrier (docs/spec/web.md WE140): the app's only worker that connects to another home
 * than its own origin. Its URL names that home, and its policy allows no other. Pages, and the worker with the keys,
 * connect only to their own origin (headers.ts).
 */

/** The path that the build gives the carrier; `to` in the query is the home. */
export const carrierFile = /^\/assets\/carrier-[A-Za-z0-9_-]{8,}\.js$/;

/** A host name, or an address in brackets, with or without a port: no character with another meaning in a policy. */
const hostName = /^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?$/;
const loopback = /^(?:(?:[a-z0-9-]+\.)*localhost|127\.0\.0\.1|\[::1\])(?::[0-9]{1,5})?$/;
const nameMost = 63;

/** Whether a home is on this machine: only then is a connection without TLS allowed. */
export function isLoopback(server: string): boolean {
  return loopback.test(server);
}

/**
 * Returns the policy of a carrier to `server`; undefined if that is no valid name.
 *
 * @checks WE140
 */
export function carrierPolicy(server: string | null | undefined): string | undefined {
  if (server == null || server.length > nameMost || !hostName.test(server)) return undefined;
  const plain = isLoopback(server) ? ` ws://${server} http://${server}` : "";
  return `default-src 'none'; connect-src wss://${server} https://${server}${plain}`;
}
