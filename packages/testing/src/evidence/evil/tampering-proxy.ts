/**
 * TamperingProxy: an operator who stands in front of the own server and changes what it answers, for browsers that come
 * through. All else passes as it is. It knows no key of anybody's.
 */
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { type CallResult, decodeResult, decodeServerFrame, encodeResult } from "@yanshu/wire";

const resultFrame = 0x81;
const headEnd = Buffer.from("\r\n\r\n");

export type ClaimAnswer = CallResult<"claim">;

export class TamperingProxy {
  private readonly listener: Server;
  private readonly sockets = new Set<Socket>();
  private serverPort = 0;
  private change: (answer: ClaimAnswer) => ClaimAnswer = (answer) => answer;
  private header: string | undefined;
  /** Claims that were answered with something else. */
  changed = 0;

  private constructor(listener: Server) {
    this.listener = listener;
  }

  static async open(): Promise<TamperingProxy> {
    const listener = createServer();
    const proxy = new TamperingProxy(listener);
    listener.on("connection", (client) => proxy.join(client));
    await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  get port(): number {
    return (this.listener.address() as AddressInfo).port;
  }

  leadTo(serverPort: number): void {
    this.serverPort = serverPort;
  }

  /** From now on each claim is answered so. */
  answerClaims(change: (answer: ClaimAnswer) => ClaimAnswer): void {
    this.change = (answer) => {
      this.changed++;
      return change(answer);
    };
  }

  /** From now on each answer tells the browser to forget all that it stored of this origin. */
  tellToForget(): void {
    this.alsoSay('clear-site-data: "storage"');
  }

  /** From now on each answer bears this header besides, as `name: value`. */
  alsoSay(header: string): void {
    this.header = header;
  }

  close(): void {
    this.listener.close();
    for (const socket of this.sockets) socket.destroy();
  }

  private join(client: Socket): void {
    const server = connect({ port: this.serverPort, host: "127.0.0.1" });
    for (const [source, sink] of [
      [client, server],
      [server, client],
    ] as const) {
      this.sockets.add(source);
      source.on("close", () => {
        this.sockets.delete(source);
        sink.destroy();
      });
      source.on("error", () => sink.destroy());
    }
    client.pipe(server);
    let rest: Buffer = Buffer.alloc(0);
    let isSocket: boolean | undefined;
    server.on("data", (bytes: Buffer) => {
      if (isSocket === false) {
        client.write(this.headed(bytes));
        return;
      }
      rest = Buffer.concat([rest, bytes]);
      if (isSocket === undefined) {
        const head = rest.indexOf(headEnd);
        if (head < 0) return;
        isSocket = /^HTTP\/1.1 101 /.test(rest.subarray(0, 16).toString("latin1"));
        const end = isSocket ? head + headEnd.length : rest.length;
        client.write(this.headed(rest.subarray(0, end)));
        rest = rest.subarray(end);
      }
      for (let frame = firstFrame(rest); frame !== undefined; frame = firstFrame(rest)) {
        client.write(this.passed(frame));
        rest = rest.subarray(frame.bytes);
      }
    });
  }

  /** With one line more, where an answer begins here. */
  private headed(bytes: Buffer): Buffer {
    const line = bytes.indexOf("\r\n") + 2;
    if (this.header === undefined || bytes.subarray(0, 9).toString("latin1") !== "HTTP/1.1 ") return bytes;
    return Buffer.concat([bytes.subarray(0, line), Buffer.from(`${this.header}\r\n`), bytes.subarray(line)]);
  }

  private passed({ head, payload, isWhole }: Frame): Buffer {
    const answer = isWhole && payload[0] === resultFrame ? claimIn(payload) : undefined;
    if (answer === undefined) return Buffer.concat([head, payload]);
    const bytes = encodeResult(answer.request, "claim", this.change(answer.claim));
    return Buffer.concat([headOf(bytes.length), bytes]);
  }
}

type Frame = { readonly head: Buffer; readonly payload: Buffer; readonly bytes: number; readonly isWhole: boolean };

/** RFC 6455 §5.2, from a server: unmasked. */
function firstFrame(stream: Buffer): Frame | undefined {
  if (stream.length < 2) return undefined;
  const short = (stream[1] as number) & 0x7f;
  const headBytes = short === 126 ? 4 : short === 127 ? 10 : 2;
  if (stream.length < headBytes) return undefined;
  const length = short === 126 ? stream.readUInt16BE(2) : short === 127 ? Number(stream.readBigUInt64BE(2)) : short;
  const bytes = headBytes + length;
  if (stream.length < bytes) return undefined;
  const isWhole = stream[0] === 0x82; // Binary, and in one piece.
  return { head: stream.subarray(0, headBytes), payload: stream.subarray(headBytes, bytes), bytes, isWhole };
}

function headOf(length: number): Buffer {
  if (length < 126) return Buffer.from([0x82, length]);
  const head = Buffer.alloc(length < 1 << 16 ? 4 : 10);
  head[0] = 0x82;
  head[1] = length < 1 << 16 ? 126 : 127;
  if (head.length === 4) head.writeUInt16BE(length, 2);
  else head.writeBigUInt64BE(BigInt(length), 2);
  return head;
}

function claimIn(frame: Uint8Array): { request: number; claim: ClaimAnswer } | undefined {
  const decoded = decodeServerFrame(Uint8Array.from(frame));
  if (decoded.type !== "result") return undefined;
  try {
    return { request: decoded.request, claim: decodeResult("claim", decoded.body) };
  } catch {
    return undefined; // The answer to another call.
  }
}
