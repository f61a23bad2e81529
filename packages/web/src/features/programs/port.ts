/**
 * The port of a running program: its frame is met once, given what begins it, and heard from then on
 * (docs/spec/programs.md PR4, PR11).
 */
import type { RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { buffersOf, givePort, isThere } from "./transfer.ts";
import type { WaitingFrame } from "./warm.ts";

type Frame<Heard> = {
  /** The page in it. */
  readonly page: string;
  /** What begins it. */
  readonly begin: () => object;
  /** The files in that, which are handed over. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** A message of a shape that is known. */
  readonly read: (said: unknown) => Heard | undefined;
  readonly heard: (message: Heard) => void;
  /** One that was made before, and waits for what begins it. */
  readonly waiting?: WaitingFrame | undefined;
  /** Counts what a sandbox sends past the port; false: it is not heard. */
  readonly meter?: () => (data: unknown) => boolean;
};
type Told =
  | { readonly kind: "result"; readonly id: number; readonly result?: unknown; readonly fail?: string }
  | { readonly kind: string };

export function usePort<Heard, Tell extends Told>(frame: RefObject<HTMLIFrameElement | null>, of: Frame<Heard>) {
  const port = useRef<MessagePort | undefined>(undefined);
  const hear = useRef(of.heard);
  hear.current = of.heard;
  // Before it is painted: a program begins while the app draws what stands around it.
  useLayoutEffect(() => {
    const isHeard = of.meter?.() ?? (() => true);
    const begin = (mine: MessagePort) => mine.postMessage(of.begin(), buffersOf(of.files));
    const listen = (mine: MessagePort) => {
      port.current = mine;
      mine.onmessage = ({ data: said }: MessageEvent) => {
        const message = of.read(said);
        if (message !== undefined) hear.current(message);
        else if (isThere(said)) begin(mine);
      };
    };
    if (of.waiting !== undefined) {
      listen(of.waiting.port);
      if (of.waiting.isReady()) begin(of.waiting.port);
      return close;
    }
    const meet = ({ source, data, origin }: MessageEvent) => {
      const target = frame.current?.contentWindow;
      if (target == null || source !== target) {
        // A frame within it reaches this page past ours. Only a sandbox is nobody's.
        if (origin === "null") isHeard(data);
        return;
      }
      if (!isHeard(data) || !isThere(data) || port.current !== undefined) return;
      const channel = new MessageChannel();
      listen(channel.port1);
      givePort(target, channel.port2);
    };
    window.addEventListener("message", meet);
    if (frame.current !== null) frame.current.src = of.page;
    return () => {
      window.removeEventListener("message", meet);
      close();
    };
  }, []);

  function close(): void {
    port.current?.close();
    port.current = undefined;
  }

  const tell = (message: Tell) => port.current?.postMessage(message);
  return {
    tell,
    /** What is under way is heard no more. */
    silence: () => {
      if (port.current !== undefined) port.current.onmessage = null;
      close();
    },
    isOpen: () => port.current !== undefined,
    /** Tells how it went. @param why of a failure. */
    async answer(id: number, work: Promise<unknown>, why: string): Promise<void> {
      try {
        await work;
        tell({ kind: "result", id } as Tell);
      } catch {
        tell({ kind: "result", id, fail: why } as Tell);
      }
    },
  };
}
