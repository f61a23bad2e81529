/**
 * Reads a package in a thread of its own: one that is as large as a package may be takes a second to unpack, and the
 * app's page would not answer meanwhile (docs/spec/programs.md PR12). It holds no key, and ends after one package.
 */
import { type Program, readPackage, readWebxdc, type WebxdcApp } from "@yanshu/mini";
import { buffersOf } from "./transfer.ts";

/** What a file holds: a mini program, or a webxdc app. */
export type Read =
  | { readonly kind: "program"; readonly program: Program }
  | { readonly kind: "webxdc"; readonly app: WebxdcApp };
/** Undefined where it holds neither. `bytes`: the file itself, handed back. */
export type ReadAnswer = { readonly bytes: Uint8Array<ArrayBuffer>; readonly read: Read | undefined };

const scope = globalThis as unknown as {
  onmessage: ((event: MessageEvent<Uint8Array<ArrayBuffer>>) => void) | null;
  postMessage: (message: ReadAnswer, transfer: Transferable[]) => void;
};

scope.onmessage = ({ data: bytes }) => {
  const read = readIn(bytes);
  const held = read?.kind === "program" ? read.program.sources : (read?.app.files ?? new Map<string, Uint8Array>());
  scope.postMessage({ bytes, read }, [...buffersOf(held), bytes.buffer]);
};

function readIn(bytes: Uint8Array<ArrayBuffer>): Read | undefined {
  const found = readPackage(bytes);
  if ("program" in found) {
    // The hashes have been compared, and thousands of them would cross for nothing.
    const program = { ...found.program, manifest: { ...found.program.manifest, files: {} } };
    return { kind: "program", program };
  }
  if (found.fault !== "not-a-package") return undefined;
  const app = readWebxdc(bytes);
  return "app" in app ? { kind: "webxdc", app: app.app } : undefined;
}
