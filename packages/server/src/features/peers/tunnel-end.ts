/**
 * Tunnel end: the server that a client of another server speaks to (docs/spec/peers.md PE44, PE46, PE57). What comes is
 * opened, and is an anonymous connection from then on, which may do what PE46 lists and nothing else; or one to rooms
 * of calls.
 */
import { createCipheriv, createDecipheriv } from "node:crypto";
import {
  type Bytes,
  type CallName,
  concat,
  equalBytes,
  limits,
  TunnelPieces,
  tunnelEncBytes,
  tunnelInfo,
  tunnelKeyBytes,
  tunnelNonce,
  tunnelPieces,
  tunnelRooms,
  unlessMalformed,
  utf8,
} from "@yanshu/wire";
import type { Sink } from "../../core/ports.ts";
import type { FarRooms, Strangers } from "../../feature.ts";
import type { ServerKeys } from "./port.ts";

/** What somebody of another home may ask. */
const callsThrough: ReadonlySet<CallName> = new Set([
  "hello",
  "claim",
  "uploadList",
  "uploadFarList",
  "filePart",
  "lookHoles",
  "readHoles",
  "clearHoles",
  "putSlip",
  "readSlips",
]);
const tagBytes = 16;

export type TunnelWay = {
  readonly send: (record: Bytes) => void;
  /** Bytes that were sent and that the client has not read. */
  readonly unread: () => number;
  readonly end: () => void;
};

export type TunnelEndPorts = {
  readonly keys: ServerKeys;
  readonly strangers: Strangers;
  readonly rooms: FarRooms | undefined;
};

export class TunnelEnd {
  private keys: { readonly hear: Bytes; readonly say: Bytes } | undefined;
  private heard = 0;
  private said = 0;
  private isOver = false;
  private readonly pieces = new TunnelPieces(limits.messageBytesMax);
  private connection: ReturnType<Strangers> | undefined;
  private readonly ports: TunnelEndPorts;
  private readonly way: TunnelWay;
  private readonly place: string;

  /** @param place names the server that it comes from, for limits. */
  constructor(ports: TunnelEndPorts, card: Bytes, place: string, way: TunnelWay) {
    this.ports = ports;
    this.way = way;
    this.place = place;
    way.send(card);
  }

  receive(bytes: Bytes): void {
    if (this.isOver) return;
    if (this.keys === undefined) {
      this.begin(bytes);
      return;
    }
    const piece = this.open(this.keys.hear, bytes);
    // @checks PE44
    if (piece === undefined) {
      this.end();
      return;
    }
    const taken = unlessMalformed(() => ({ message: this.pieces.take(piece) }));
    // One client's tunnel, and not the line of all. @checks PE44
    if (taken === undefined) {
      this.end();
      return;
    }
    if (taken.message !== undefined) this.connection?.receive(taken.message);
  }

  /** The line is gone, or the other side ended it. */
  over(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.connection?.closed();
  }

  private begin(bytes: Bytes): void {
    const [enc, sealed] = [bytes.subarray(0, tunnelEncBytes), bytes.subarray(tunnelEncBytes)];
    const secret = this.ports.keys.unseal(utf8(tunnelInfo), enc, sealed);
    const connect = secret && this.wayIn(secret.subarray(2 * tunnelKeyBytes));
    // @checks PE44
    if (connect === undefined || secret === undefined || secret.length < 2 * tunnelKeyBytes) {
      this.end();
      return;
    }
    this.keys = {
      hear: secret.subarray(0, tunnelKeyBytes),
      say: secret.subarray(tunnelKeyBytes, 2 * tunnelKeyBytes),
    };
    this.connection = connect({
      send: (message) => this.say(message),
      close: () => this.end(),
      subscribe: () => undefined,
      unsubscribe: () => undefined,
      unread: () => this.way.unread(),
    });
  }

  /** By the path behind the keys: none for the client protocol. Undefined: there is no such way in. */
  private wayIn(path: Bytes): ((sink: Sink) => ReturnType<Strangers>) | undefined {
    const { strangers, rooms } = this.ports;
    if (path.length === 0) return (sink) => strangers(sink, this.place, callsThrough);
    // @checks PE57
    if (rooms === undefined || !equalBytes(path, utf8(tunnelRooms))) return undefined;
    return (sink) => rooms(sink, this.place);
  }

  private end(): void {
    if (this.isOver) return;
    this.over();
    this.way.end();
  }

  private say(message: Bytes): void {
    if (this.isOver || this.keys === undefined) return;
    for (const piece of tunnelPieces(message)) {
      if (this.isOver) return; // not a check: it ended by the piece before.
      const cipher = createCipheriv("aes-256-gcm", this.keys.say, tunnelNonce(this.said++));
      this.way.send(concat(cipher.update(piece), cipher.final(), cipher.getAuthTag()));
    }
  }

  private open(key: Bytes, record: Bytes): Bytes | undefined {
    if (record.length < tagBytes) return undefined;
    const cipher = createDecipheriv("aes-256-gcm", key, tunnelNonce(this.heard++));
    cipher.setAuthTag(record.subarray(-tagBytes));
    const piece = cipher.update(record.subarray(0, -tagBytes));
    try {
      cipher.final();
    } catch {
      return undefined;
    }
    return new Uint8Array(piece);
  }
}
