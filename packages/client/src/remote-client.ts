/** Remote client: the screens' end of a line to a client in another process (docs/spec/homes.md HM95). */
import type { Bytes } from "@yanshu/wire";
import type { Source } from "./api/media.ts";
import { type ClientApi, ClientError, type ViewName, type Views } from "./api.ts";
import type { Surroundings, ToClient, ToScreens } from "./remote-messages.ts";
import { decodeValue, encodeValue } from "./remote-values.ts";

export type RemoteClient = {
  readonly api: ClientApi;
  readonly subscribe: <N extends ViewName>(
    name: N,
    args: Views[N]["args"],
    callback: (value: Views[N]["value"]) => void,
  ) => () => void;
  readonly setSurroundings: (surroundings: Surroundings) => void;
  readonly take: (message: Bytes) => void;
  /** The line ended: what waits for an answer is refused. */
  readonly lost: () => void;
};

type Waiting = { readonly resolve: (value: unknown) => void; readonly reject: (error: ClientError) => void };

export function remoteClient(send: (message: Uint8Array<ArrayBuffer>) => void): RemoteClient {
  const waiting = new Map<number, Waiting>();
  const views = new Map<number, (value: never) => void>();
  /** Files that a person chose; kept until the line ends, because a message that waits may be sent much later. */
  const sources = new Map<number, Source>();
  let nextId = 1;
  let isLost = false;

  function numberOf(source: Source): number {
    const number = nextId++;
    sources.set(number, source);
    return number;
  }

  function say(message: ToClient): void {
    if (!isLost) send(encodeValue(message, numberOf));
  }

  function call(method: keyof ClientApi, args: readonly unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (isLost) return reject(new ClientError("refused"));
      const id = nextId++;
      waiting.set(id, { resolve, reject });
      say({ kind: "call", id, method, args });
    });
  }

  async function readPart({ id, source, start, end }: Extract<ToScreens, { kind: "part" }>): Promise<void> {
    try {
      const part = await sources.get(source)?.slice(start, end).arrayBuffer();
      say({ kind: "part", id, ...(part !== undefined && { bytes: new Uint8Array(part) }) });
    } catch {
      say({ kind: "part", id });
    }
  }

  return {
    api: new Proxy({} as ClientApi, {
      get:
        (_, method: keyof ClientApi) =>
        (...args: readonly unknown[]) =>
          call(method, args),
    }),
    subscribe(name, args, callback) {
      const id = nextId++;
      views.set(id, callback as (value: never) => void);
      say({ kind: "open", id, name, args });
      return () => {
        views.delete(id);
        say({ kind: "close", id });
      };
    },
    setSurroundings: ({ online, atWork }) => say({ kind: "surroundings", online, atWork }),
    take(bytes) {
      const message = decodeValue(bytes, noSource) as ToScreens;
      switch (message.kind) {
        case "answer":
          waiting.get(message.id)?.resolve(message.value);
          waiting.delete(message.id);
          return;
        case "refusal":
          waiting.get(message.id)?.reject(new ClientError(message.code));
          waiting.delete(message.id);
          return;
        case "view":
          views.get(message.id)?.(message.value as never);
          return;
        case "part":
          void readPart(message);
          return;
      }
    },
    lost() {
      isLost = true;
      for (const { reject } of waiting.values()) reject(new ClientError("refused"));
      waiting.clear();
      sources.clear();
    },
  };
}

function noSource(): never {
  throw new RangeError("a client shows no file of its own");
}
