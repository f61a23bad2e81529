/** The interface by which a webxdc app speaks with its chat (docs/spec/programs.md PR33): `webxdc` of webxdc.org. */
import { frameLimits, type PlacedUpdate, type Self } from "../frame-messages.ts";
import type { ToWebxdc } from "../webxdc-messages.ts";

/** What is shared, beside the line and the summary that the chat shows: JSON with one of these around the payload. */
type Shared = {
  readonly payload: unknown;
  readonly document?: string;
  readonly href?: string;
  readonly notify?: unknown;
};
type Listener = { readonly call: (update: unknown) => void; readonly after: number };
type Message = { readonly text?: unknown; readonly file?: Readonly<Record<string, unknown>> };
type Filter = { readonly extensions?: unknown; readonly mimeTypes?: unknown; readonly multiple?: unknown };

/** Characters of JSON are kept for what stands around a payload. */
const payloadMax = frameLimits.payloadMax - 1_000;

/** @returns what takes messages from the app's page. */
export function layApi(who: Self, port: MessagePort): (message: ToWebxdc) => void {
  const all: PlacedUpdate[] = [];
  let last = 0;
  let listener: Listener | undefined;
  let handed = 0;
  const known = Promise.withResolvers<void>();
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let asked = 0;

  function ask(message: Readonly<Record<string, unknown>>): Promise<unknown> {
    const answer = Promise.withResolvers<unknown>();
    asked += 1;
    waiting.set(asked, answer);
    port.postMessage({ ...message, id: asked });
    return answer.promise;
  }

  function hand(): void {
    while (listener !== undefined && handed < all.length) {
      const { payload: said, serial, info, summary } = all[handed] as PlacedUpdate;
      handed += 1;
      if (serial <= listener.after) continue;
      try {
        const { payload, document: title, href, notify } = JSON.parse(said) as Shared;
        listener.call(without({ payload, serial, max_serial: last, info, summary, document: title, href, notify }));
      } catch (error) {
        reportError(error);
      }
    }
  }

  function sendUpdate(update: Readonly<Record<string, unknown>>): void {
    const { payload, info, summary, document: title, href, notify } = update;
    const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);
    const shared = JSON.stringify(without({ payload, document: text(title), href: text(href), notify }));
    if (shared.length > payloadMax) throw new Error("the update is too long");
    // The card has one line: which document, and how it stands.
    const line = [text(title), text(summary)].filter((one) => one !== undefined).join(" · ");
    const said = without({ payload: shared, info: text(info), summary: line === "" ? undefined : line });
    ask({ kind: "share", update: said }).catch(reportError);
  }

  const webxdc = {
    selfAddr: who.address,
    selfName: who.name,
    sendUpdateInterval: 1_000,
    sendUpdateMaxSize: payloadMax,
    sendUpdate,
    /**
     * The listener is never called before this returned: apps define what it needs behind this call. Its promise is
     * kept once it has heard all that there is.
     */
    setUpdateListener: (call: Listener["call"], after: unknown = 0) =>
      new Promise<void>((resolve) => {
        setTimeout(() => {
          [listener, handed] = [{ call, after: Number(after) || 0 }, 0];
          hand();
          resolve(known.promise);
        }, 0);
      }),
    /** Of an older interface. */
    getAllUpdates: () => Promise.resolve([]),
    async sendToChat({ text, file }: Message): Promise<void> {
      if (text === undefined && file === undefined) throw new Error("there is nothing to send");
      const sent = file === undefined ? {} : { file: { name: String(file["name"]), bytes: await bytesOf(file) } };
      await ask({ kind: "say", text: typeof text === "string" ? text : "", ...sent });
    },
    async importFiles({ extensions, mimeTypes, multiple }: Filter = {}): Promise<readonly File[]> {
      const accept = [extensions, mimeTypes].flatMap((some) => (Array.isArray(some) ? some : [])).join(",");
      const chosen = await ask({ kind: "files", wanted: { accept, isMany: multiple === true } });
      const files = chosen as readonly { readonly name: string; readonly type: string; readonly bytes: Uint8Array }[];
      return files.map(({ name, type, bytes }) => new File([bytes as Uint8Array<ArrayBuffer>], name, { type }));
    },
  };
  Object.defineProperty(self, "webxdc", { value: webxdc, configurable: true, writable: true });

  return (message) => {
    if (message.kind === "updates") {
      all.push(...message.updates);
      last = message.last;
      hand();
      return;
    }
    if (message.kind === "known") {
      known.resolve();
      return;
    }
    const answer = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.fail === undefined) answer?.resolve(message.result);
    else answer?.reject(new Error(message.fail));
  };
}

async function bytesOf(file: Readonly<Record<string, unknown>>): Promise<Uint8Array> {
  const { blob, base64, plainText } = file;
  if (blob instanceof Blob) return new Uint8Array(await blob.arrayBuffer());
  if (typeof base64 === "string") return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  if (typeof plainText === "string") return new TextEncoder().encode(plainText);
  throw new Error("a file has a blob, a base64 or a plainText");
}

function without(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
