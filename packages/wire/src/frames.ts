/**
 * Frames: one WebSocket message each (docs/spec/wire.md WI4).
 *
 *   type u8 · then by type:
 *   0x01 call     request u32 · name length u8 · name · CBOR arguments
 *   0x10 post     request u32 · post
 *   0x11 acks     count u32 · (first u53, last u53)*          no answer
 *   0x12 begin    length u32 · bytes                          the first bytes of a frame larger than one message
 *   0x13 more     bytes                                       the next bytes, until the frame is complete
 *   0x80 ok       request u32                                 the post is on disk
 *   0x81 result   request u32 · CBOR result
 *   0x82 error    request u32 · code u8 · epoch u32 · lastHash 32 (zeros but for stale-epoch) · wait u32 (0 but for rate-limited)
 *   0xc0 push     id u53 · mode u8 · [gate 32 · epoch u32] · target · envelope
 *   0xc1 expired  count u32                                   envelopes that were dropped after 30 days in the queue
 *   0xc3 from     id u53 · server length u8 · server · rest of a push         a push from a gate at another server
 *   0xc2 family                                               the result of `familyState` has changed
 *
 * Post, acks, ok and push are frequent and encoded by hand; the rest is CBOR.
 */
import { ByteReader, type Bytes, ByteWriter, concat, fromUtf8, MalformedError, utf8 } from "./bytes.ts";
import { type CallArgs, type CallName, type CallResult, calls, isCallName } from "./calls.ts";
import { type ErrorCode, errorCodeOf, errorCodes } from "./errors.ts";
import { type Address, type GateId, idBytes, type ListHash, type PostHash } from "./ids.ts";
import { limits } from "./limits.ts";
import { decodeAs, encodeAfter, encodeAs, type Schema } from "./schema.ts";
import { readServerName } from "./server-name.ts";

/** The destination of a part: one address, or a list that was uploaded before. */
export type Target =
  | { readonly kind: "address"; readonly address: Address }
  | { readonly kind: "list"; readonly list: ListHash };

/** One address at another server than the one that takes the post (docs/spec/peers.md PE43). */
export type FarTarget = { readonly kind: "far"; readonly server: string; readonly address: Address };

export type Part = { readonly target: Target | FarTarget; readonly envelope: Bytes };

/** The mode of a post, with the fields that its gate checks (docs/spec/delivery.md DS11–DS14). */
export type PostHeader =
  /** Without a gate: to single addresses only (notes, requests). */
  | { readonly mode: "deposit" }
  | { readonly mode: "application"; readonly gate: GateId; readonly epoch: number; readonly token: Bytes }
  | {
      readonly mode: "commit";
      readonly gate: GateId;
      readonly epoch: number;
      readonly nextPostKey: Bytes;
      readonly nextTokenHash: Bytes;
      readonly signature: Bytes;
    }
  | {
      readonly mode: "create";
      readonly gate: GateId;
      readonly foundingKey: Bytes;
      readonly nextPostKey: Bytes;
      readonly nextTokenHash: Bytes;
      readonly signature: Bytes;
    };

/** `partsBytes`: the encoded parts, the input of `postHashOf`. */
export type Post = { readonly header: PostHeader; readonly parts: readonly Part[]; readonly partsBytes: Bytes };

export type Push = {
  readonly id: number;
  readonly mode: PostHeader["mode"];
  /** Absent for a deposit. */
  readonly gate: GateId | undefined;
  /** The gate's epoch that the post named; 0 for a deposit and for a create. */
  readonly epoch: number;
  readonly target: Target;
  readonly envelope: Bytes;
  /** The server of the gate; absent: home. */
  readonly server?: string;
};

/**
 * The ids of the first and last push of a run, in the order of arrival on this connection; ids need not be ascending
 * (docs/spec/delivery.md DS20).
 */
export type AckRange = { readonly first: number; readonly last: number };

export type ClientFrame =
  | { readonly type: "call"; readonly request: number; readonly name: CallName; readonly args: unknown }
  | { readonly type: "unknown-call"; readonly request: number }
  | { readonly type: "begin"; readonly length: number; readonly piece: Bytes }
  | { readonly type: "more"; readonly piece: Bytes }
  | { readonly type: "post"; readonly request: number; readonly post: Post }
  | { readonly type: "acks"; readonly ranges: readonly AckRange[] };

export type ServerFrame =
  | { readonly type: "ok"; readonly request: number }
  | { readonly type: "result"; readonly request: number; readonly body: Bytes }
  | {
      readonly type: "error";
      readonly request: number;
      readonly code: ErrorCode | "unknown";
      readonly epoch: number;
      readonly lastHash: PostHash;
      /** Milliseconds to wait before trying again; absent if the server gives none (WI24). */
      readonly waitMs?: number;
    }
  | { readonly type: "push"; readonly push: Push }
  | { readonly type: "expired"; readonly count: number }
  | { readonly type: "family" };

const frameTypes = {
  call: 0x01,
  post: 0x10,
  acks: 0x11,
  begin: 0x12,
  more: 0x13,
  ok: 0x80,
  result: 0x81,
  error: 0x82,
  push: 0xc0,
  expired: 0xc1,
  family: 0xc2,
  pushFrom: 0xc3,
};
const modes = ["deposit", "application", "commit", "create"] as const;
const targetKinds = { address: 0, list: 1, far: 2 } as const;
const noHash = new Uint8Array(idBytes.post);

// ---- client → server ----

export function encodeCall<N extends CallName>(request: number, name: N, args: CallArgs<N>): Bytes {
  const label = utf8(name);
  const body = encodeAs(calls[name].args as Schema<unknown>, args);
  return new ByteWriter(1 + 4 + 1 + label.length + body.length)
    .u8(frameTypes.call)
    .u32(request)
    .u8(label.length)
    .put(label)
    .put(body)
    .finish();
}

/** The same call under another number. */
export function numberedCall(call: Bytes, request: number): Bytes {
  return concat(new ByteWriter(1 + 4).u8(frameTypes.call).u32(request).finish(), call.subarray(1 + 4));
}

/** Encodes parts for posting and hashing. @throws MalformedError when there are none or too many. @checks WI3 */
export function encodeParts(parts: readonly Part[]): Bytes {
  if (parts.length === 0 || parts.length > limits.partsMax) throw new MalformedError("number of parts");
  let length = 4;
  for (const part of parts) length += 1 + targetBytes(part.target).length + 4 + part.envelope.length;
  const writer = new ByteWriter(length).u32(parts.length);
  for (const { target, envelope } of parts)
    writer.u8(targetKinds[target.kind]).put(targetBytes(target)).u32(envelope.length).put(envelope);
  return writer.finish();
}

export function encodePost(request: number, header: PostHeader, partsBytes: Bytes): Bytes {
  const head = encodePostHeader(header);
  const frame = new ByteWriter(1 + 4 + head.length + partsBytes.length)
    .u8(frameTypes.post)
    .u32(request)
    .put(head)
    .put(partsBytes)
    .finish();
  // @checks WI3
  if (frame.length > limits.frameBytesMax) throw new MalformedError("post over the frame limit");
  return frame;
}

export function encodeAcks(ranges: readonly AckRange[]): Bytes {
  const writer = new ByteWriter(1 + 4 + 16 * ranges.length).u8(frameTypes.acks).u32(ranges.length);
  for (const { first, last } of ranges) writer.u53(first).u53(last);
  return writer.finish();
}

/**
 * Splits a frame into the WebSocket messages that carry it to the server, in order (docs/spec/wire.md WI23). A frame
 * within the message limit is one message. No part of another frame may come between the messages.
 */
export function messagesOf(frame: Bytes): readonly Bytes[] {
  if (frame.length <= limits.messageBytesMax) return [frame];
  const messages: Bytes[] = [];
  for (let at = 0; at < frame.length; ) {
    const head = at === 0 ? 5 : 1;
    const piece = frame.subarray(at, at + limits.messageBytesMax - head);
    const writer = new ByteWriter(head + piece.length).u8(at === 0 ? frameTypes.begin : frameTypes.more);
    if (at === 0) writer.u32(frame.length);
    messages.push(writer.put(piece).finish());
    at += piece.length;
  }
  return messages;
}

/** The head of a client's frame: enough to refuse the frame before the rest is decoded. */
export type FrameHead =
  | { readonly type: "call"; readonly request: number; readonly name: CallName | undefined }
  | { readonly type: "post"; readonly request: number; readonly mode: PostHeader["mode"] }
  | { readonly type: "acks" | "begin" | "more" };

/** @throws MalformedError */
export function frameHeadOf(frame: Bytes): FrameHead {
  const reader = new ByteReader(frame);
  const type = reader.u8();
  switch (type) {
    case frameTypes.call: {
      const request = reader.u32();
      const name = fromUtf8OrMalformed(reader.take(reader.u8()));
      return { type: "call", request, name: isCallName(name) ? name : undefined };
    }
    case frameTypes.post:
      return { type: "post", request: reader.u32(), mode: modeOf(reader.u8()) };
    case frameTypes.acks:
      return { type: "acks" };
    case frameTypes.begin:
      return { type: "begin" };
    case frameTypes.more:
      return { type: "more" };
    default:
      throw new MalformedError("unknown frame type");
  }
}

/** @throws MalformedError @checks WI3, WI4, WI7, WI23 */
export function decodeClientFrame(frame: Bytes): ClientFrame {
  if (frame.length > limits.frameBytesMax) throw new MalformedError("frame over its limit");
  const reader = new ByteReader(frame);
  const type = reader.u8();
  switch (type) {
    case frameTypes.call: {
      const request = reader.u32();
      const name = fromUtf8OrMalformed(reader.take(reader.u8()));
      if (!isCallName(name)) return { type: "unknown-call", request };
      const args = decodeAs(calls[name].args as Schema<unknown>, reader.rest(), limits.frameBytesMax);
      return { type: "call", request, name, args };
    }
    case frameTypes.post: {
      const request = reader.u32();
      const header = decodePostHeader(reader);
      const partsBytes = reader.rest();
      return { type: "post", request, post: { header, parts: decodeParts(partsBytes), partsBytes } };
    }
    case frameTypes.acks: {
      const count = reader.u32();
      if (count > limits.ackIdsMax) throw new MalformedError("too many ack ranges");
      const ranges: AckRange[] = [];
      for (let i = 0; i < count; i++) ranges.push({ first: reader.u53(), last: reader.u53() });
      reader.end();
      return { type: "acks", ranges };
    }
    case frameTypes.begin: {
      const length = reader.u32();
      const piece = reader.rest();
      if (piece.length === 0 || piece.length >= length) throw new MalformedError("a beginning that is empty or all");
      return { type: "begin", length, piece };
    }
    case frameTypes.more: {
      const piece = reader.rest();
      if (piece.length === 0) throw new MalformedError("an empty piece");
      return { type: "more", piece };
    }
    default:
      throw new MalformedError("unknown frame type");
  }
}

/** Returns the request number of a malformed frame, for the error frame; 0 if there is none. */
export function requestOf(frame: Bytes): number {
  const answered = frame[0] === frameTypes.call || frame[0] === frameTypes.post;
  return answered && frame.length >= 5 ? new ByteReader(frame.subarray(1)).u32() : 0;
}

// ---- server → client ----

export function encodeOk(request: number): Bytes {
  return new ByteWriter(5).u8(frameTypes.ok).u32(request).finish();
}

export function encodeResult<N extends CallName>(request: number, name: N, result: CallResult<N>): Bytes {
  const head = new ByteWriter(5).u8(frameTypes.result).u32(request).finish();
  const frame = encodeAfter(head.length, calls[name].result as Schema<unknown>, result);
  frame.set(head);
  return frame;
}

export function encodeError(
  request: number,
  code: ErrorCode,
  epoch = 0,
  lastHash: PostHash = noHash,
  waitMs = 0,
): Bytes {
  return new ByteWriter(1 + 4 + 1 + 4 + idBytes.post + 4)
    .u8(frameTypes.error)
    .u32(request)
    .u8(errorCodes[code])
    .u32(epoch)
    .put(lastHash)
    .u32(waitMs)
    .finish();
}

export function encodePush(push: Push): Bytes {
  const target = targetBytes(push.target);
  const gateLength = push.gate === undefined ? 0 : idBytes.gate + 4;
  const server = push.server === undefined ? undefined : utf8(push.server);
  const serverLength = server === undefined ? 0 : 1 + server.length;
  const writer = new ByteWriter(1 + 8 + serverLength + 1 + gateLength + 1 + target.length + push.envelope.length)
    .u8(server === undefined ? frameTypes.push : frameTypes.pushFrom)
    .u53(push.id);
  if (server !== undefined) writer.u8(server.length).put(server);
  writer.u8(modes.indexOf(push.mode));
  if (push.gate !== undefined) writer.put(push.gate).u32(push.epoch);
  return writer.u8(targetKinds[push.target.kind]).put(target).put(push.envelope).finish();
}

export function encodeExpired(count: number): Bytes {
  return new ByteWriter(5).u8(frameTypes.expired).u32(count).finish();
}

export function encodeFamily(): Bytes {
  return Uint8Array.of(frameTypes.family);
}

/** @throws MalformedError */
export function decodeServerFrame(frame: Bytes): ServerFrame {
  // @checks WI3
  if (frame.length > limits.frameBytesMax + 128) throw new MalformedError("frame over its limit");
  const reader = new ByteReader(frame);
  const type = reader.u8();
  switch (type) {
    case frameTypes.ok: {
      const request = reader.u32();
      reader.end();
      return { type: "ok", request };
    }
    case frameTypes.result:
      return { type: "result", request: reader.u32(), body: reader.rest() };
    case frameTypes.error: {
      const request = reader.u32();
      const code = errorCodeOf(reader.u8()) ?? "unknown";
      const epoch = reader.u32();
      const lastHash = reader.take(idBytes.post);
      const waitMs = reader.u32();
      reader.end();
      return { type: "error", request, code, epoch, lastHash, ...(waitMs > 0 && { waitMs }) };
    }
    case frameTypes.push:
    case frameTypes.pushFrom: {
      const id = reader.u53();
      const server = type === frameTypes.pushFrom ? fromUtf8OrMalformed(reader.take(reader.u8())) : undefined;
      const mode = modeOf(reader.u8());
      const gate = mode === "deposit" ? undefined : reader.take(idBytes.gate);
      const epoch = mode === "deposit" ? 0 : reader.u32();
      const target = decodeTarget(reader);
      const push = { id, mode, gate, epoch, target, envelope: reader.rest() };
      return { type: "push", push: server === undefined ? push : { ...push, server } };
    }
    case frameTypes.expired: {
      const count = reader.u32();
      reader.end();
      return { type: "expired", count };
    }
    case frameTypes.family:
      reader.end();
      return { type: "family" };
    default:
      throw new MalformedError("unknown frame type");
  }
}

/** @throws MalformedError */
export function decodeResult<N extends CallName>(name: N, body: Bytes): CallResult<N> {
  return decodeAs(calls[name].result as Schema<unknown>, body, limits.frameBytesMax) as CallResult<N>;
}

// ---- pieces ----

/** Clients also store the header of an unanswered post in this encoding. */
export function encodePostHeader(header: PostHeader): Bytes {
  const mode = modes.indexOf(header.mode);
  switch (header.mode) {
    case "deposit":
      return Uint8Array.of(mode);
    case "application":
      return new ByteWriter(1 + idBytes.gate + 4 + idBytes.token)
        .u8(mode)
        .put(header.gate)
        .u32(header.epoch)
        .put(header.token)
        .finish();
    case "commit":
    case "create": {
      const writer = new ByteWriter(1 + idBytes.gate + (header.mode === "commit" ? 4 : 32) + 32 + 32 + 64)
        .u8(mode)
        .put(header.gate);
      if (header.mode === "commit") writer.u32(header.epoch);
      else writer.put(header.foundingKey);
      return writer.put(header.nextPostKey).put(header.nextTokenHash).put(header.signature).finish();
    }
  }
}

/** @throws MalformedError */
export function decodePostHeaderBytes(bytes: Bytes): PostHeader {
  const reader = new ByteReader(bytes);
  const header = decodePostHeader(reader);
  reader.end();
  return header;
}

function decodePostHeader(reader: ByteReader): PostHeader {
  const mode = modeOf(reader.u8());
  if (mode === "deposit") return { mode };
  const gate = reader.take(idBytes.gate);
  if (mode === "application") return { mode, gate, epoch: reader.u32(), token: reader.take(idBytes.token) };
  if (mode === "commit") {
    const epoch = reader.u32();
    return { mode, gate, epoch, ...nextKeys(reader) };
  }
  const foundingKey = reader.take(idBytes.publicKey);
  return { mode, gate, foundingKey, ...nextKeys(reader) };
}

function nextKeys(reader: ByteReader): { nextPostKey: Bytes; nextTokenHash: Bytes; signature: Bytes } {
  const nextPostKey = reader.take(idBytes.publicKey);
  const nextTokenHash = reader.take(idBytes.hash);
  return { nextPostKey, nextTokenHash, signature: reader.take(idBytes.signature) };
}

function decodeParts(partsBytes: Bytes): readonly Part[] {
  const reader = new ByteReader(partsBytes);
  const count = reader.u32();
  // @checks WI4
  if (count === 0 || count > limits.partsMax) throw new MalformedError("number of parts");
  const parts: Part[] = [];
  for (let i = 0; i < count; i++) {
    const target = decodePartTarget(reader);
    parts.push({ target, envelope: reader.take(reader.u32()) });
  }
  reader.end();
  return parts;
}

function decodePartTarget(reader: ByteReader): Part["target"] {
  const kind = reader.u8();
  if (kind !== targetKinds.far) return targetOf(kind, reader);
  return { kind: "far", server: readServerName(reader), address: reader.take(idBytes.address) };
}

function decodeTarget(reader: ByteReader): Target {
  return targetOf(reader.u8(), reader);
}

function targetOf(kind: number, reader: ByteReader): Target {
  if (kind === targetKinds.address) return { kind: "address", address: reader.take(idBytes.address) };
  if (kind === targetKinds.list) return { kind: "list", list: reader.take(idBytes.list) };
  throw new MalformedError("unknown target");
}

function targetBytes(target: Part["target"]): Bytes {
  if (target.kind === "list") return target.list;
  if (target.kind === "address") return target.address;
  const server = utf8(target.server);
  return new ByteWriter(1 + server.length + idBytes.address).u8(server.length).put(server).put(target.address).finish();
}

function modeOf(value: number): PostHeader["mode"] {
  const mode = modes[value];
  if (mode === undefined) throw new MalformedError("unknown mode");
  return mode;
}

function fromUtf8OrMalformed(bytes: Bytes): string {
  try {
    return fromUtf8(bytes);
  } catch {
    throw new MalformedError("not UTF-8");
  }
}
