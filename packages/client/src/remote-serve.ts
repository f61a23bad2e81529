/** Remote serve: the client's end of a line to screens in another process (docs/spec/homes.md HM95). */
import type { Bytes } from "@yanshu/wire";
import type { Source } from "./api/media.ts";
import { type ClientApi, ClientError, type ViewName } from "./api.ts";
import type { Client } from "./client.ts";
import type { Surroundings, ToClient, ToScreens } from "./remote-messages.ts";
import { decodeValue, encodeValue } from "./remote-values.ts";

/** Screens have some dozens of both at a time. */
const viewsMax = 2_000;
const callsMax = 2_000;

export type RemoteLine = {
  /** @throws RangeError where the message is none: the line has to end. */
  readonly take: (message: Bytes) => void;
  /** Ends what the line subscribed to; files that its screens had are gone. */
  readonly end: () => void;
};

type Part = { readonly resolve: (bytes: ArrayBuffer) => void; readonly reject: (error: Error) => void };

export function serveRemote(
  client: Pick<Client, "api" | "subscribe">,
  {
    send,
    surroundings,
    report,
  }: {
    readonly send: (message: Uint8Array<ArrayBuffer>) => void;
    readonly surroundings: (now: Surroundings) => void;
    readonly report: (error: unknown) => void;
  },
): RemoteLine {
  const open = new Map<number, () => void>();
  const parts = new Map<number, Part>();
  let nextPart = 1;
  let calls = 0;
  let isOver = false;

  function tell(message: ToScreens): void {
    if (!isOver) send(encodeValue(message, noSource));
  }

  /** A file that a person chose in the screens, read there range by range. */
  function sourceOf(source: number, size: number): Source {
    const arrayBuffer = (start: number, end: number) =>
      new Promise<ArrayBuffer>((resolve, reject) => {
        if (isOver) return reject(new Error("the screens are gone"));
        const id = nextPart++;
        parts.set(id, { resolve, reject });
        tell({ kind: "part", id, source, start, end });
      });
    return { size, slice: (start, end) => ({ arrayBuffer: () => arrayBuffer(start, end) }) };
  }

  async function answer(id: number, method: string, args: readonly unknown[]): Promise<void> {
    calls++;
    try {
      const work = client.api[method as keyof ClientApi] as (...args: readonly unknown[]) => Promise<unknown>;
      tell({ kind: "answer", id, value: await work(...args) });
    } catch (error) {
      const code = error instanceof ClientError ? error.code : undefined;
      if (code === undefined) report(error);
      tell({ kind: "refusal", id, code: code ?? "refused" });
    } finally {
      calls--;
    }
  }

  function show(id: number, name: ViewName, args: readonly unknown[]): void {
    open.get(id)?.();
    try {
      open.set(
        id,
        client.subscribe(name, args as never, (value) => tell({ kind: "view", id, value })),
      );
    } catch {
      throw new RangeError("no such view");
    }
  }

  return {
    take(bytes) {
      const message = readMessage(decodeValue(bytes, sourceOf));
      switch (message.kind) {
        case "call":
          // @checks HM95
          if (calls >= callsMax) throw new RangeError("too many calls at once");
          // @checks HM95
          if (!Object.hasOwn(client.api, message.method)) throw new RangeError("no such call");
          void answer(message.id, message.method, message.args);
          return;
        case "open":
          // @checks HM95
          if (open.size >= viewsMax) throw new RangeError("too many views at once");
          show(message.id, message.name, message.args);
          return;
        case "close":
          open.get(message.id)?.();
          open.delete(message.id);
          return;
        case "surroundings":
          surroundings({ online: message.online, atWork: message.atWork });
          return;
        case "part": {
          const asked = parts.get(message.id);
          parts.delete(message.id);
          if (message.bytes === undefined) asked?.reject(new Error("the file cannot be read"));
          else asked?.resolve(message.bytes.slice().buffer as ArrayBuffer);
          return;
        }
      }
    },
    end() {
      isOver = true;
      for (const stop of open.values()) stop();
      for (const { reject } of parts.values()) reject(new Error("the screens are gone"));
      open.clear();
      parts.clear();
    },
  };
}

function noSource(): never {
  throw new TypeError("invariant: the client shows no file of its own");
}

function readMessage(value: unknown): ToClient {
  const { kind, id, method, name, args, online, atWork, bytes } = (value ?? {}) as Readonly<Record<string, unknown>>;
  const isCalled = Number.isSafeInteger(id) && Array.isArray(args);
  const isMessage =
    (kind === "call" && isCalled && typeof method === "string") ||
    (kind === "open" && isCalled && typeof name === "string") ||
    (kind === "close" && Number.isSafeInteger(id)) ||
    (kind === "surroundings" && typeof online === "boolean" && typeof atWork === "boolean") ||
    (kind === "part" && Number.isSafeInteger(id) && (bytes === undefined || bytes instanceof Uint8Array));
  // @checks HM95
  if (!isMessage) throw new RangeError("no message of the screens");
  return value as ToClient;
}
