/**
 * Peer table: who stands behind each connection that the front made (docs/spec/calls.md CA182). It is memory that the
 * front's thread shares with whom it hands connections to: for the local port of each, the address that it came from.
 * So no preface travels that somebody could write, and no header is believed. The front writes an entry before it
 * sends the first byte, and takes it out when the connection ends.
 */

/** Per port: whether it is taken, then the address: of IPv4 as IPv6 (RFC 4291 §2.5.5.2). */
const cellsEach = 5;
const ports = 65_536;

export type PeerMemory = SharedArrayBuffer;

export class PeerTable {
  /** Where the front's own connections come from. */
  static readonly from = "127.0.0.1";
  readonly memory: PeerMemory;
  private readonly cells: Int32Array;

  constructor(memory: PeerMemory = new SharedArrayBuffer(4 * cellsEach * ports)) {
    this.memory = memory;
    this.cells = new Int32Array(memory);
  }

  put(port: number, address: string): void {
    const at = port * cellsEach;
    for (const [i, cell] of cellsOf(address).entries()) this.cells[at + 1 + i] = cell;
    Atomics.store(this.cells, at, 1);
  }

  remove(port: number): void {
    Atomics.store(this.cells, port * cellsEach, 0);
  }

  /** No connection is left. */
  clear(): void {
    this.cells.fill(0);
  }

  /** Undefined: the front made no such connection. @param address and @param port of the other end of a socket. */
  peerOf(address: string | undefined, port: number | undefined): string | undefined {
    if (address?.replace(/^::ffff:/i, "") !== PeerTable.from || port === undefined) return undefined;
    const at = port * cellsEach;
    if (Atomics.load(this.cells, at) !== 1) return undefined;
    return textOf([...this.cells.subarray(at + 1, at + cellsEach)].map((cell) => cell >>> 0));
  }
}

function cellsOf(address: string): readonly number[] {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, "").replace(/%.*$/, "");
  if (!plain.includes(":")) {
    const [a = 0, b = 0, c = 0, d = 0] = plain.split(".").map(Number);
    return [0, 0, 0xffff, (a << 24) | (b << 16) | (c << 8) | d];
  }
  const [head = "", tail] = plain.split("::");
  const groups = (side: string) => (side === "" ? [] : side.split(":")).map((group) => Number.parseInt(group, 16));
  const [front, back] = [groups(head), groups(tail ?? "")];
  const missing = Math.max(0, 8 - front.length - back.length);
  const all = [...front, ...Array.from({ length: missing }, () => 0), ...back];
  return [0, 2, 4, 6].map((at) => ((all[at] as number) << 16) | (all[at + 1] as number));
}

function textOf(cells: readonly number[]): string {
  const [a = 0, b = 0, c = 0, d = 0] = cells;
  if (a === 0 && b === 0 && c === 0xffff) return [d >>> 24, (d >>> 16) & 255, (d >>> 8) & 255, d & 255].join(".");
  return cells
    .flatMap((cell) => [cell >>> 16, cell & 0xffff])
    .map((group) => group.toString(16))
    .join(":");
}
