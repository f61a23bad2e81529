/**
 * Raw socket: a WebSocket, or a request, over bare TCP from a place that it names, so that it can do what no client
 * does: announce what it never sends, and never read.
 */
import { connect, type Socket } from "node:net";

export type Place = { readonly port: number; readonly from: string };

/** @returns undefined when it is refused. */
export function openRaw({ port, from }: Place): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    const failed = () => resolve(undefined);
    socket.on("error", failed);
    socket.on("close", failed);
    socket.once("data", (head) => {
      if (head.toString("latin1").startsWith("HTTP/1.1 101")) resolve(socket);
      else {
        socket.destroy();
        resolve(undefined);
      }
    });
    const key = Buffer.alloc(16).toString("base64");
    socket.write(
      `GET /ws HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: ${from}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n\r\n`,
    );
  });
}

/**
 * The beginning of a binary message of `length` bytes, with those of `bytes`; under a mask of zeros they stand as they
 * are.
 */
export function messageHead(length: number, bytes: Uint8Array): Buffer {
  const head =
    length < 126
      ? Buffer.from([0x82, 0x80 | length, 0, 0, 0, 0])
      : length < 65_536
        ? Buffer.from([0x82, 0xfe, length >> 8, length & 0xff, 0, 0, 0, 0])
        : Buffer.concat([Buffer.from([0x82, 0xff, 0, 0, 0, 0]), u32(length), Buffer.alloc(4)]);
  return Buffer.concat([head, bytes]);
}

export function message(bytes: Uint8Array): Buffer {
  return messageHead(bytes.length, bytes);
}

/** Sends a request's head and some of its body, and then neither more nor reads. */
export function sendRaw(
  { port, from }: Place,
  line: string,
  headers: Readonly<Record<string, string>>,
  body: Uint8Array,
) {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => undefined);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`${line} HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: ${from}\r\n${lines.join("")}\r\n`);
  if (body.length > 0) socket.write(body);
  socket.pause();
  return socket;
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
