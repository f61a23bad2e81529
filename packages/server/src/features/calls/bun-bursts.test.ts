import { afterEach, expect, test } from "bun:test";
import { openBursts, packetsMax, type SendMany, systemSends } from "./bun-bursts.ts";

const here = Uint8Array.of(127, 0, 0, 1);
const open: { close: () => void }[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

/** A leg's own socket, which resolves once so many packets came to it. */
async function leg() {
  const came: Buffer[] = [];
  let told: () => void = () => undefined;
  const socket = await Bun.udpSocket({
    hostname: "127.0.0.1",
    port: 0,
    binaryType: "buffer",
    socket: {
      data: (_socket, packet) => {
        came.push(Buffer.from(packet));
        told();
      },
    },
  });
  open.push(socket);
  const takes = async (count: number) => {
    while (came.length < count) await new Promise<void>((resolve) => (told = resolve));
    return came;
  };
  return { socket, takes };
}

/** So many bytes, all the same. */
const filled = (size: number, value: number) => new Uint8Array(size).fill(value);

const isLinux = process.platform === "linux";
test.skipIf(!isLinux)(
  "[CA215] what leaves in one burst comes as it was: each packet whole, and those of a leg in order",
  async () => {
    const [from, ann, ben] = [await leg(), await leg(), await leg()];
    const system = systemSends((from.socket as unknown as { fd: number }).fd);
    if (system === undefined) throw new Error("the system sends no bursts");
    const pieces: number[] = [];
    const counted: SendMany = (heads, count) => {
      for (let n = 0; n < count; n++) pieces.push(heads[16 * n + 6] as number);
      return system(heads, count);
    };
    const bursts = openBursts(counted, () => undefined);
    const [toAnn, toBen] = [ann, ben].map(({ socket }) => bursts.to(socket.port, here));
    const sizes = [1_100, 1_100, 1_100, 300, 1_100, 1_200, 1];
    for (const [n, size] of sizes.entries()) toAnn?.(filled(size, n));
    toBen?.(filled(700, 9));
    toAnn?.(filled(40, 8));
    bursts.flush();
    expect((await ann.takes(8)).map((one) => [one.length, one[0], one.at(-1)])).toEqual(
      [...sizes.entries(), [8, 40] as const].map(([n, size]) => [size, n, n]),
    );
    expect((await ben.takes(1)).map((one) => [one.length, one[0]])).toEqual([[700, 9]]);
    // A shorter one ends a piece, and a longer one begins the next.
    expect(pieces).toEqual([4, 1, 2, 1, 1]);
  },
);

/** A system of which each call is told: how many packets its pieces have. @param says what each call returns. */
function system(says: (pieces: readonly number[], call: number) => number | { readonly errno: number }) {
  const calls: (readonly number[])[] = [];
  const sendMany: SendMany = (heads, count) => {
    const pieces = Array.from({ length: count }, (_, n) => heads[16 * n + 6] as number);
    const said = says(pieces, calls.push(pieces) - 1);
    return typeof said === "number" ? { sent: said, errno: 0 } : { sent: -1, errno: said.errno };
  };
  return { calls, sendMany };
}

const notSupported = 5; // EIO: the network card cannot sum what is cut.
const refused = 111;
const tooLong = 90;

test("[CA215] where the system refuses a piece each of its packets goes alone, and so do all after it", () => {
  const { calls, sendMany } = system((pieces) => (pieces.some((n) => n > 1) ? { errno: notSupported } : pieces.length));
  const bursts = openBursts(sendMany, () => undefined);
  const send = bursts.to(1, here);
  for (let round = 0; round < 2; round++) {
    for (let n = 0; n < 3; n++) send?.(filled(9, n));
    bursts.flush();
  }
  expect(calls).toEqual([[3], [1, 1, 1], [1, 1, 1]]);
});

test("[CA215] packets that are too long for a piece go alone once, and later ones in pieces again", () => {
  const { calls, sendMany } = system((pieces, call) => (call === 0 ? { errno: tooLong } : pieces.length));
  const bursts = openBursts(sendMany, () => undefined);
  const send = bursts.to(1, here);
  for (let round = 0; round < 2; round++) {
    for (let n = 0; n < 2; n++) send?.(filled(9, n));
    bursts.flush();
  }
  expect(calls).toEqual([[2], [1, 1], [2]]);
});

test("[CA215] a packet that the system refuses takes no other with it; where it has no room the rest is lost", () => {
  const answers = [1, { errno: refused }, 1, { errno: 4 }, { errno: 11 }] as const;
  const { calls, sendMany } = system((_pieces, call) => answers[call] ?? 0);
  const bursts = openBursts(sendMany, () => undefined);
  const sends = [1, 2, 3, 4, 5].map((port) => bursts.to(port, here));
  for (const send of sends) send?.(filled(9, 1));
  bursts.flush();
  // One went, one was refused, one went, an interruption, and no room for two.
  expect(calls.map(({ length }) => length)).toEqual([5, 4, 3, 2, 2]);
  bursts.flush();
  expect(calls.length).toBe(5);
});

test("[CA215] a burst that has grown leaves at once, and an address that is none of IPv4 has none", () => {
  const { calls, sendMany } = system((pieces) => pieces.length);
  let asked = 0;
  const bursts = openBursts(sendMany, () => asked++);
  const send = bursts.to(1, here);
  for (let n = 0; n < packetsMax; n++) send?.(filled(9, 1));
  expect(calls).toEqual([[64, 64, 64, 64]]);
  expect(asked).toBe(1);
  expect(bursts.to(1, new Uint8Array(16))).toBeUndefined();
});
