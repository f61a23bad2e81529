/**
 * Bounded: what home may do with a socket by pings and by never closing it (docs/spec/homes.md HM119). Bun answers each
 * ping by itself, and waits without end for the other side's close.
 */

/** In one turn of the event loop; home sends one in two minutes. */
const pingsPerTurnMax = 16;
const closingMsMax = 5_000;

/** The program does not wait for it. */
export type After = (ms: number, run: () => void) => void;
const after: After = (ms, run) => void setTimeout(run, ms).unref();

/** @param flooded more came in one turn. */
export function countPings(socket: Bun.WebSocket, flooded: () => void): void {
  let pings = 0;
  const came = () => {
    if (pings++ === 0)
      setImmediate(() => {
        pings = 0;
      });
    // @checks HM119
    if (pings > pingsPerTurnMax) flooded();
  };
  for (const kind of ["ping", "pong"] as const) socket.addEventListener(kind, came);
}

/** What was sent just before still goes. @param later `setTimeout`, by default. */
export function closeSoon(socket: Bun.WebSocket, later: After = after): void {
  socket.close();
  later(closingMsMax, () => socket.terminate());
}
