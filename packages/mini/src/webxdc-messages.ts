/**
 * Messages between the parts of a running webxdc app (docs/spec/programs.md PR30): the app's page, the frame that is
 * ours, and the frame within it in which the app is. Each side believes nothing of the other but the shape.
 */
import { frameLimits, type PlacedUpdate, programMessage, type Self, type Update } from "./frame-messages.ts";

/** What an app needs so that it can begin. */
export type WebxdcBegin = {
  readonly kind: "begin";
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly page: string;
  /** What it keeps in its local storage. */
  readonly stored: Readonly<Record<string, string>>;
  readonly self: Self;
};
/** What it is told while it runs. */
export type ToWebxdc =
  | { readonly kind: "updates"; readonly updates: readonly PlacedUpdate[]; readonly last: number }
  /** All that there was when it began was told. */
  | { readonly kind: "known" }
  | { readonly kind: "result"; readonly id: number; readonly result?: unknown; readonly fail?: string };

export type SentFile = { readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> };
export type Wanted = { readonly accept: string; readonly isMany: boolean };
export type FromWebxdc =
  | { readonly kind: "ready" }
  | { readonly kind: "ended" }
  | { readonly kind: "fault"; readonly words: string }
  | { readonly kind: "store"; readonly id: number; readonly key: string; readonly value?: string }
  | { readonly kind: "share"; readonly id: number; readonly update: Update }
  /** It would say something in the chat. */
  | { readonly kind: "say"; readonly id: number; readonly text: string; readonly file?: SentFile }
  /** It would like files of the device. */
  | { readonly kind: "files"; readonly id: number; readonly wanted: Wanted }
  /** A link to the world. */
  | { readonly kind: "link"; readonly address: string }
  /** Another page of the app, in place of this one. */
  | { readonly kind: "goto"; readonly page: string };

const sayMax = 10_000;
const fileBytesMax = 20 << 20;

/**
 * A message of an app if it has a shape that is known, with texts cut to what can be shown.
 *
 * @checks PR30
 */
export function webxdcMessage(data: unknown): FromWebxdc | undefined {
  if (typeof data !== "object" || data === null) return undefined;
  const said = data as Record<string, unknown>;
  switch (said["kind"]) {
    case "ready":
    case "ended":
    case "fault":
    case "store":
    case "share":
      return programMessage(said) as FromWebxdc | undefined;
    case "say": {
      const { id, text, file } = said;
      if (!isCount(id) || typeof text !== "string") return undefined;
      const sent = file === undefined ? undefined : fileOf(file);
      if (file !== undefined && sent === undefined) return undefined;
      return {
        kind: "say",
        id,
        text: text.slice(0, sayMax).toWellFormed(),
        ...(sent === undefined ? {} : { file: sent }),
      };
    }
    case "files": {
      const { id, wanted } = said;
      if (!isCount(id) || typeof wanted !== "object" || wanted === null) return undefined;
      const { accept, isMany } = wanted as Record<string, unknown>;
      const types = typeof accept === "string" ? accept.slice(0, frameLimits.wordsMax) : "";
      return { kind: "files", id, wanted: { accept: types, isMany: isMany === true } };
    }
    case "link":
      return isLink(said["address"]) ? { kind: "link", address: said["address"] } : undefined;
    case "goto": {
      const { page } = said;
      return typeof page === "string" && page.length <= frameLimits.wordsMax ? { kind: "goto", page } : undefined;
    }
    default:
      return undefined;
  }
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function fileOf(file: unknown): SentFile | undefined {
  const { name, bytes } = file as { readonly name?: unknown; readonly bytes?: unknown };
  if (typeof name !== "string" || !(bytes instanceof Uint8Array) || bytes.length > fileBytesMax) return undefined;
  const plain = name.replaceAll(/[\p{Cc}\u2028-\u202e\u2066-\u2069/\\]/gu, "").slice(0, 120);
  return { name: plain.toWellFormed() || "file", bytes: new Uint8Array(bytes) };
}

/** Addresses of the web alone: no script and no other program of the device. @checks PR30 */
function isLink(address: unknown): address is string {
  if (typeof address !== "string" || address.length > 2_000 || !URL.canParse(address)) return false;
  return new URL(address).protocol === "https:";
}
