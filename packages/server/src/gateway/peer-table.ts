/**
 * Peer table: the client's address for each connection that the front made (docs/spec/calls.md CA182). The front's
 * thread shares this memory with the threads that it hands connections to. It maps the connection's local port to the
 * client's address. So no header or preface has to be believed that a client could forge. The front writes an entry
 * before it sends the first byte, and removes it when the connection ends.
 */

/** Cells for each port: whether it is in use, then the address in four; IPv4 mapped to IPv6 (RFC 4291 §2.5.5.2). */
const cellsEach = 5;
const ports = 65_536;

export type PeerMemory = SharedArrayBuffer;

export class PeerTable {
  /** The address from which the front connects. */
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

  /** Removes all entries. */
  clear(): void {
    this.cells.fill(0);
  }

  /**
   * The client's address for a socket whose other end is `address` and `port`; undefined if the front did not make that
   * connection.
   */
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
