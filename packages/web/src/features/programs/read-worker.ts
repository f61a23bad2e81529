/**
 * Reads a package in a thread of its own: one that is as large as a package may be takes a second to unpack, and the
 * app's page would not answer meanwhile (docs/spec/programs.md PR12). It holds no key, and ends after one package.
 */
import { type Program, readPackage } from "@yanshu/mini";

/** Undefined where it is no package. `bytes`: the package itself, handed back. */
export type ReadAnswer = { readonly bytes: Uint8Array<ArrayBuffer>; readonly program: Program | undefined };

const scope = globalThis as unknown as {
  onmessage: ((event: MessageEvent<Uint8Array<ArrayBuffer>>) => void) | null;
  postMessage: (message: ReadAnswer, transfer: Transferable[]) => void;
};

scope.onmessage = ({ data: bytes }) => {
  const read = readPackage(bytes);
  if ("fault" in read) {
    scope.postMessage({ bytes, program: undefined }, [bytes.buffer]);
    return;
  }
  // The hashes have been compared, and thousands of them would cross for nothing.
  const program = { ...read.program, manifest: { ...read.program.manifest, files: {} } };
  const buffers = new Set([...program.sources.values()].map(({ buffer }) => buffer));
  scope.postMessage({ bytes, program }, [...buffers, bytes.buffer] as ArrayBuffer[]);
};
