/** Server: the requests of docs/spec/media.md ME1–ME8, with what can go wrong as values. */
import {
  type BlobCopy,
  type BlobCreate,
  type BlobDays,
  type BlobFault,
  type BlobState,
  type Bytes,
  blobCopy,
  blobCreate,
  blobDays,
  blobFaults,
  blobState,
  decodeAs,
  encodeAs,
  fromUtf8,
  toHex,
} from "@yanshu/wire";
import type { Engine } from "../core/engine.ts";
import type { MediaPorts } from "../ports.ts";

/** `lost`: nothing came back; the same may be asked again. */
export type BlobAnswer<T> =
  | { readonly kind: "ok"; readonly value: T }
  | { readonly kind: "refused"; readonly why: BlobFault | "unknown" }
  | { readonly kind: "lost" };

const stateBytesMax = 128;

/** Home alone: a message can name any server, and who is asked learns who asks. Undefined for another. */
export function blobServer(engine: Engine, { request }: MediaPorts, server: string) {
  // A newcomer's is where the page came from.
  if (server !== (engine.own?.server ?? engine.ports.server)) return undefined;

  async function ask<T>(asked: Parameters<MediaPorts["request"]>[1], read: (body: Bytes) => T): Promise<BlobAnswer<T>> {
    let answer: Awaited<ReturnType<MediaPorts["request"]>>;
    try {
      answer = await request(server, asked);
    } catch {
      return { kind: "lost" };
    }
    const { status, body } = answer;
    if (status >= 500 && status !== blobFaults["storage-full"]) return { kind: "lost" };
    if (status >= 400) return { kind: "refused", why: faultOf(body) };
    try {
      return { kind: "ok", value: read(body) };
    } catch {
      return { kind: "refused", why: "unknown" };
    }
  }

  const asState = (body: Bytes): BlobState => decodeAs(blobState, body, stateBytesMax);
  const pathOf = (id: Bytes) => `/blobs/${toHex(id)}`;
  return {
    create: (id: Bytes, wish: BlobCreate) =>
      ask({ method: "POST", path: pathOf(id), headers: {}, body: encodeAs(blobCreate, wish) }, asState),
    put: (id: Bytes, owner: Bytes, offset: number, body: Bytes) =>
      ask(
        {
          method: "PUT",
          path: pathOf(id),
          headers: { "upload-offset": `${offset}`, "blob-owner": toHex(owner) },
          body,
        },
        asState,
      ),
    get: (id: Bytes, from: number, length: number) =>
      ask(
        { method: "GET", path: pathOf(id), headers: { range: `bytes=${from}-${from + length - 1}` } },
        (body) => body,
      ),
    copy: (id: Bytes, wish: BlobCopy) =>
      ask({ method: "POST", path: `${pathOf(id)}/copies`, headers: {}, body: encodeAs(blobCopy, wish) }, asState),
    keep: (id: Bytes, owner: Bytes, wish: BlobDays) =>
      ask(
        {
          method: "POST",
          path: `${pathOf(id)}/days`,
          headers: { "blob-owner": toHex(owner) },
          body: encodeAs(blobDays, wish),
        },
        asState,
      ),
    remove: (id: Bytes, owner: Bytes) =>
      ask({ method: "DELETE", path: pathOf(id), headers: { "blob-owner": toHex(owner) } }, () => true),
  };
}

function faultOf(body: Bytes): BlobFault | "unknown" {
  try {
    const text = fromUtf8(body.subarray(0, 64));
    return Object.hasOwn(blobFaults, text) ? (text as BlobFault) : "unknown";
  } catch {
    return "unknown";
  }
}
