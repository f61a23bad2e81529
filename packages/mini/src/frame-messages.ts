/**
 * Messages between the parts of a running program (docs/spec/programs.md PR4): the app's page, the frame that draws,
 * and the Worker in which the program's code is. Each side believes nothing of the other but the shape.
 */
import type { Manifest } from "./format/package.ts";

/** What the app tells the frame, and the frame the Worker, so that a program can begin. */
export type Begin = {
  readonly kind: "begin";
  readonly manifest: Manifest;
  readonly logic: string;
  readonly styles: Readonly<Record<string, string>>;
  /** Pictures and other files of the package by path. */
  readonly assets: ReadonlyMap<string, Uint8Array>;
  /** All that the program has stored: JSON by key. */
  readonly stored: Readonly<Record<string, string>>;
  readonly device: Device;
  /** Where it opens, perhaps with what is asked there (`pages/a/a?scene=7`); absent: its first page. */
  readonly page?: string;
  /** What the person said when it asked for something of theirs. */
  readonly answers?: Answers;
  /** Who the person is to it, where it shares state with a chat; absent: it shares nothing. */
  readonly self?: Self;
  /** Code of ours that draws what few programs have, of one that may name it (docs/spec/programs.md PR72). */
  readonly more?: string;
};
/** What a program may have if the person says yes (docs/spec/programs.md PR15). */
export const wishes = ["name", "place", "clipboard", "publisher"] as const;
export type Wish = (typeof wishes)[number];
export type Answers = Readonly<Partial<Record<Wish, boolean>>>;
/** By which a program may ask its publisher's server: WeChat's, of which HTTP's `PATCH` is one more. */
export const requestMethods: readonly string[] = ["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"];
/** `address`: of this person in this chat alone (docs/spec/programs.md PR20). */
export type Self = {
  readonly address: string;
  readonly name: string;
  /** Who gave the program is there to be asked (docs/spec/programs.md PR53). */
  readonly hasPublisher?: true;
};
/** `payload`: JSON. `info`: a line in the chat. `summary`: stands on the card from then on. */
export type Update = { readonly payload: string; readonly info?: string; readonly summary?: string };
export type PlacedUpdate = Update & { readonly serial: number };
export type Device = {
  readonly language: string;
  readonly theme: "light" | "dark";
  /** Of the frame, in CSS pixels: one that was just put there does not know it yet. */
  readonly width: number;
  readonly height: number;
};

/** What the app tells a running program. */
export type FromApp =
  | { readonly kind: "back" }
  | { readonly kind: "tab"; readonly path: string }
  | { readonly kind: "shown" }
  | { readonly kind: "hidden" }
  | { readonly kind: "theme"; readonly theme: "light" | "dark" }
  /** What was shared in the chat, in order. `last`: the serial of the newest that there is. */
  | { readonly kind: "updates"; readonly updates: readonly PlacedUpdate[]; readonly last: number }
  /** The result of a call that had an id. `fail`: the words of `errMsg` behind `:fail`. */
  | { readonly kind: "result"; readonly id: number; readonly result?: unknown; readonly fail?: string };

/** What a program asks the app for. The frame has checked the shape, and the app's page checks it again. */
export type FromProgram =
  | { readonly kind: "ready" }
  | { readonly kind: "painted" }
  /** The page on top, how many lie under it, and what its bar says. */
  | { readonly kind: "page"; readonly path: string; readonly depth: number; readonly bar: Bar }
  | { readonly kind: "store"; readonly id: number; readonly key: string; readonly value?: string }
  | { readonly kind: "forget"; readonly id: number }
  | { readonly kind: "toast"; readonly title: string; readonly icon: string; readonly ms: number }
  | { readonly kind: "toast-off" }
  | { readonly kind: "modal"; readonly id: number; readonly modal: Modal }
  | { readonly kind: "choose"; readonly id: number; readonly items: readonly string[] }
  | { readonly kind: "want"; readonly id: number; readonly what: Wish }
  /** Pictures of the device, which the person chooses. */
  | { readonly kind: "pictures"; readonly id: number; readonly count: number }
  | { readonly kind: "copy"; readonly id: number; readonly text: string }
  /** A question to the account that gave the program. */
  | { readonly kind: "write"; readonly id: number; readonly words: string }
  /** It shares this with the members of the chat. */
  | { readonly kind: "share"; readonly id: number; readonly update: Update }
  /** The program, or what draws it, threw; `words` is for its developer. */
  | { readonly kind: "fault"; readonly words: string }
  /** It said too much too fast, and was ended. */
  | { readonly kind: "ended" };
export type Bar = { readonly title: string; readonly color?: string; readonly text?: "black" | "white" };
export type Modal = {
  readonly title: string;
  readonly content: string;
  readonly canCancel: boolean;
  readonly cancelText?: string;
  readonly confirmText?: string;
  /** A line to be filled is asked for. */
  readonly placeholder?: string;
};

/** Limits of what a program says (docs/spec/programs.md PR5). */
export const frameLimits = {
  messagesPerSecondMax: 200,
  /** Lines of a program in the browser's console. */
  linesPerSecondMax: 50,
  bytesPerSecondMax: 4 << 20,
  /** Characters of one text that the app shows. */
  wordsMax: 500,
  itemsMax: 6,
  keyMax: 256,
  valueBytesMax: 1 << 20,
  storedBytesMax: 10 << 20,
  /** Characters of what is shared at once: as `programStateLimits` of @yanshu/content, which is not imported here. */
  payloadMax: 128_000,
  infoMax: 200,
  summaryMax: 60,
  /** Characters of a question to the account that gave the program. */
  askedMax: 100_000,
  pagesMax: 10,
  /** Characters that go to the clipboard. */
  copiedMax: 10_000,
} as const;

/**
 * A message of a program if it has a shape that the app knows, with texts cut to what can be shown.
 *
 * @checks PR5
 */
export function programMessage(data: unknown): FromProgram | undefined {
  if (!isRecord(data)) return undefined;
  switch (data["kind"]) {
    case "ready":
    case "painted":
    case "toast-off":
    case "ended":
      return { kind: data["kind"] };
    case "page": {
      const { path, depth, bar } = data;
      if (typeof path !== "string" || !isCount(depth) || !isRecord(bar)) return undefined;
      return { kind: "page", path: words(path), depth, bar: barOf(bar) };
    }
    case "store": {
      const { id, key, value } = data;
      if (!isCount(id) || typeof key !== "string" || key.length > frameLimits.keyMax) return undefined;
      // SQLite takes a text for ended at its first NUL; JSON has none.
      if (key.includes("\0") || (typeof value === "string" && value.includes("\0"))) return undefined;
      if (value === undefined) return { kind: "store", id, key };
      if (typeof value !== "string" || value.length > frameLimits.valueBytesMax) return undefined;
      return { kind: "store", id, key, value };
    }
    case "forget":
      return isCount(data["id"]) ? { kind: "forget", id: data["id"] } : undefined;
    case "toast": {
      const { title, icon, ms } = data;
      return { kind: "toast", title: words(title), icon: words(icon), ms: isCount(ms) ? Math.min(ms, 10_000) : 1_500 };
    }
    case "modal":
      return isCount(data["id"]) && isRecord(data["modal"])
        ? { kind: "modal", id: data["id"], modal: modalOf(data["modal"]) }
        : undefined;
    case "choose": {
      const { id, items } = data;
      if (!isCount(id) || !Array.isArray(items) || items.length === 0) return undefined;
      return { kind: "choose", id, items: items.slice(0, frameLimits.itemsMax).map(words) };
    }
    case "want": {
      const { id, what } = data;
      return isCount(id) && isWish(what) ? { kind: "want", id, what } : undefined;
    }
    case "pictures": {
      const { id, count } = data;
      return isCount(id) && isCount(count)
        ? { kind: "pictures", id, count: Math.min(9, Math.max(1, count)) }
        : undefined;
    }
    case "copy": {
      const { id, text } = data;
      return isCount(id) && typeof text === "string"
        ? { kind: "copy", id, text: text.slice(0, frameLimits.copiedMax).toWellFormed() }
        : undefined;
    }
    case "write": {
      const { id, words: asked } = data;
      if (!isCount(id) || typeof asked !== "string" || asked.length > frameLimits.askedMax) return undefined;
      return { kind: "write", id, words: asked.toWellFormed() };
    }
    case "share": {
      const { id, update } = data;
      return isCount(id) && isRecord(update) && isPayload(update["payload"])
        ? { kind: "share", id, update: updateOf(update["payload"], update) }
        : undefined;
    }
    case "fault":
      return { kind: "fault", words: words(data["words"]) };
    default:
      return undefined;
  }
}

function isWish(what: unknown): what is Wish {
  return wishes.some((one) => one === what);
}

function isPayload(payload: unknown): payload is string {
  return typeof payload === "string" && payload.length <= frameLimits.payloadMax;
}

function updateOf(payload: string, { info, summary }: Record<string, unknown>): Update {
  return {
    payload: payload.toWellFormed(),
    ...(info === undefined ? {} : { info: words(info).slice(0, frameLimits.infoMax).toWellFormed() }),
    ...(summary === undefined ? {} : { summary: words(summary).slice(0, frameLimits.summaryMax).toWellFormed() }),
  };
}

function barOf(bar: Record<string, unknown>): Bar {
  const { color, text } = bar;
  return {
    title: words(bar["title"]).slice(0, 60),
    ...(typeof color === "string" && /^#(?:[0-9a-f]{3}|[0-9a-f]{6})$/i.test(color) ? { color } : {}),
    ...(text === "black" || text === "white" ? { text } : {}),
  };
}

function modalOf(modal: Record<string, unknown>): Modal {
  const some = (name: "cancelText" | "confirmText" | "placeholder", max: number) => {
    const said = modal[name];
    return typeof said === "string" && said !== "" ? { [name]: words(said).slice(0, max) } : {};
  };
  return {
    title: words(modal["title"]).slice(0, 60),
    content: words(modal["content"]),
    canCancel: modal["canCancel"] !== false,
    ...some("cancelText", 12),
    ...some("confirmText", 12),
    ...some("placeholder", 60),
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

/** Control characters but the line break, and those that turn the direction of what stands beside. */
const unshown = /(?!\n)[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;

/** Words as they are shown. */
function words(value: unknown): string {
  // not a check: what is no text is shown as none.
  if (typeof value !== "string" && typeof value !== "number") return "";
  return `${value}`.slice(0, frameLimits.wordsMax).replace(unshown, "");
}
