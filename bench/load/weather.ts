/**
 * Weather: a network between browsers and the relay that loses packets and holds them up. Each packet of a call crosses
 * it twice, on its way to the relay and from it.
 */

/** Lost of what crosses twice, as a share; and a way there and back, in milliseconds. */
export type Weather = { readonly loss: number; readonly roundTripMs: number };

export type WeatherPort = {
  /** Of UDP on loopback, in the place of the relay's. */
  readonly port: number;
  readonly is: (weather: Weather) => void;
  /** The browsers are in another network: from and to the addresses that they had nothing comes through any more. */
  readonly moves: () => void;
  readonly close: () => void;
};

/** @param relayPort of the relay, on loopback. It loses nothing at first. */
export async function openWeather(relayPort: number): Promise<WeatherPort> {
  let now: Weather = { loss: 0, roundTripMs: 0 };
  const ways = new Map<string, Promise<Bun.udp.ConnectedSocket<"buffer">>>();
  // A browser may be given a port of an earlier call once more: what is gone is what it had at the last move.
  let gone: ReadonlySet<string> = new Set();
  let seen = new Set<string>();
  const crosses = (from: string, send: () => void) => {
    if (gone.has(from)) return;
    if (Math.random() < 1 - Math.sqrt(1 - now.loss)) return;
    setTimeout(() => {
      try {
        send();
      } catch {
        // The other end is gone: as on any network, packets are lost.
      }
    }, now.roundTripMs / 4);
  };
  const socket = await Bun.udpSocket({
    hostname: "127.0.0.1",
    port: 0,
    binaryType: "buffer",
    socket: {
      // A browser may send from any of this machine's addresses, and listens there alone.
      data: (_socket, packet, fromPort, from) => {
        const name = `${from} ${fromPort}`;
        if (!gone.has(name)) seen.add(name);
        const way = ways.get(name) ?? wayOf(from, fromPort);
        ways.set(name, way);
        const bytes = Buffer.from(packet);
        crosses(name, () => void way.then((one) => one.send(bytes as unknown as Uint8Array<ArrayBuffer>)));
      },
      error: () => undefined,
    },
  });
  const wayOf = (from: string, fromPort: number) =>
    Bun.udpSocket({
      hostname: "127.0.0.1",
      binaryType: "buffer",
      connect: { hostname: "127.0.0.1", port: relayPort },
      socket: {
        data: (_way, packet) => {
          const bytes = Buffer.from(packet) as unknown as Uint8Array<ArrayBuffer>;
          crosses(`${from} ${fromPort}`, () => void socket.send(bytes, fromPort, from));
        },
        error: () => undefined,
      },
    });
  return {
    port: socket.port,
    is: (weather) => {
      now = weather;
    },
    moves: () => {
      gone = seen;
      seen = new Set();
    },
    close: () => {
      socket.close();
      for (const way of ways.values()) void way.then((one) => one.close());
    },
  };
}
