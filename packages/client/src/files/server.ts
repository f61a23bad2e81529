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
  blobLimits,
  blobState,
  decodeAs,
  encodeAs,
  fromHex,
  fromUtf8,
  toHex,
  utf8,
} from "@yanshu/wire";
import type { Engine } from "../core/engine.ts";
import type { MediaPorts } from "../ports.ts";

/** `lost`: nothing came back; the same may be asked again. */
export type BlobAnswer<T> =
  | { readonly kind: "ok"; readonly value: T }
  | { readonly kind: "refused"; readonly why: BlobFault | "unknown" }
  | { readonly kind: "lost" };

const stateBytesMax = 128;

/**
 * Whether a file may be written to `server`, or removed there, now: one that is asked directly has proven on the open
 * connection that it is that one. Who answers at its name otherwise would be told owners' secrets and tokens, and could
 * say that it has what it has not.
 */
export function mayWriteTo({ own, link, farOf }: Engine, server: string): boolean {
  const far = own && farOf(server);
  return link.isBefore(far) ? link.before.isReady() : far !== undefined || link.isReady("signed");
}

/**
 * Home, or through home another server, which learns no more than that somebody of that home asks. Undefined where home
 * speaks with no other: a message can name any server, and who is asked directly learns who asks. What writes or
 * removes is `lost` while `mayWriteTo` says no.
 */
export function blobServer(engine: Engine, media: MediaPorts, server: string) {
  const far = engine.own && engine.farOf(server);
  // A newcomer's is where the page came from.
  if (far === undefined && server !== (engine.own?.server ?? engine.ports.server)) return undefined;
  const request: MediaPorts["request"] =
    far === undefined || engine.link.isBefore(far) ? media.request : (_, asked) => farRequest(engine, far, asked);

  async function ask<T>(asked: Parameters<MediaPorts["request"]>[1], read: (body: Bytes) => T): Promise<BlobAnswer<T>> {
    // @checks HM76
    if (asked.method !== "GET" && !mayWriteTo(engine, server)) return { kind: "lost" };
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

/** Of a file at another server a part is read, and nothing else is done with it there. */
async function farRequest(
  { link }: Engine,
  far: string,
  { method, path, headers }: Parameters<MediaPorts["request"]>[1],
): Promise<{ readonly status: number; readonly body: Bytes }> {
  const [, id = ""] = /^\/blobs\/([0-9a-f]{32})$/.exec(path) ?? [];
  const [, first = "", last = ""] = /^bytes=(\d+)-(\d+)$/.exec(headers["range"] ?? "") ?? [];
  if (method !== "GET" || id === "" || first === "") return { status: 404, body: utf8("unknown-blob") };
  const length = Math.min(Number(last) - Number(first) + 1, blobLimits.filePartBytesMax);
  const answer = await link.ask(far, "filePart", { id: fromHex(id), from: Number(first), length });
  if (answer.kind === "ok") return answer.value;
  if (answer.kind === "error" && answer.code === "rate-limited") return { status: 429, body: utf8("rate-limited") };
  throw new Error("nothing came back");
}

function faultOf(body: Bytes): BlobFault | "unknown" {
  try {
    const text = fromUtf8(body.subarray(0, 64));
    return Object.hasOwn(blobFaults, text) ? (text as BlobFault) : "unknown";
  } catch {
    return "unknown";
  }
}
