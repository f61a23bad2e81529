/** A file on the disk that a person named. */
import { statSync } from "node:fs";
import { Fault } from "./fault.ts";

/** @throws Fault where there is none. */
export function fileAt(path: string) {
  const fault = (why: string) => new Fault("fault.file", { path, why });
  try {
    if (!statSync(path).isFile()) throw fault("not a file");
  } catch (error) {
    throw error instanceof Fault ? error : fault((error as { code?: string }).code ?? "unknown");
  }
  return Bun.file(path);
}
