/**
 * Policy of the carrier (docs/spec/web.md WE140): the one worker of the app that reaches another home than the one
 * whose app it is. Its address names that home, and its policy allows that home and no other. Pages, and the worker
 * that holds the keys, reach their own origin alone (headers.ts).
 */

/** As the build names it; `to` in its query is the home. */
export const carrierFile = /^\/assets\/carrier-[A-Za-z0-9_-]{8,}\.js$/;

/** A host of labels with dots, or an address in brackets, and perhaps a port: nothing that a policy reads otherwise. */
const hostName = /^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?$/;
const loopback = /^(?:(?:[a-z0-9-]+\.)*localhost|127\.0\.0\.1|\[::1\])(?::[0-9]{1,5})?$/;
const nameMost = 63;

/** Whether a home of this name is on the machine itself: it alone may be reached without TLS. */
export function isLoopback(server: string): boolean {
  return loopback.test(server);
}

/**
 * The policy of a carrier to `server`. Undefined where that is no name of a home: then it reaches none.
 *
 * @checks WE140
 */
export function carrierPolicy(server: string | null | undefined): string | undefined {
  if (server == null || server.length > nameMost || !hostName.test(server)) return undefined;
  const plain = isLoopback(server) ? ` ws://${server} http://${server}` : "";
  return `default-src 'none'; connect-src wss://${server} https://${server}${plain}`;
}
