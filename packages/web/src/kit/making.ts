/**
 * Makes a large file on this device while the person waits: they start, cancel, and save it. No copy stays in the
 * browser's storage (sink.ts).
 */
import { useEffect, useRef, useState } from "preact/hooks";
import { emptySink, isGone, openSink } from "./sink.ts";

export type Making<Progress, Made> =
  | { readonly step: "ready" | "failed" }
  | { readonly step: "making"; readonly told: Progress }
  | { readonly step: "done"; readonly url: string; readonly bytes: number; readonly made: Made };

/**
 * @param first the progress shown before anything was written.
 * @param write writes the whole file; its result becomes `made` of the state "done".
 */
export function useMaking<Progress, Made>(
  first: Progress,
  write: (out: WritableStream<Uint8Array>, tell: (told: Progress) => void, signal: AbortSignal) => Promise<Made>,
) {
  const [state, setState] = useState<Making<Progress, Made>>({ step: "ready" });
  const begun = useRef<AbortController>(undefined);
  /** Resolves when an earlier file was deleted: deleting it later would delete the new file. */
  const emptied = useRef<Promise<void>>(undefined);
  const stop = () => begun.current?.abort();
  useEffect(() => {
    emptied.current = emptySink();
    return () => {
      stop();
      void emptySink();
    };
  }, []);
  const make = async () => {
    const control = new AbortController();
    const { signal } = control;
    begun.current = control;
    const tell = (told: Progress) => setState({ step: "making", told });
    tell(first);
    const makeIn = async (where: "file" | "memory") => {
      const { out, finish } = await openSink(where);
      const made = await write(out, tell, signal);
      const file = await finish();
      setState({ step: "done", url: URL.createObjectURL(file), bytes: file.size, made });
    };
    try {
      await emptied.current;
      await makeIn("file").catch((error: unknown) => {
        if (signal.aborted || !isGone(error)) throw error;
        return makeIn("memory");
      });
    } catch {
      await emptySink();
      setState({ step: signal.aborted ? "ready" : "failed" });
    }
  };
  return { state, make, stop };
}
