/** Files: those of messages, sealed, in the data folder; and requests to home by `fetch`. */
import { mkdirSync } from "node:fs";
import { open, rm } from "node:fs/promises";
import { join } from "node:path";
import type { MediaPorts } from "@yanshu/client";
import { wholeWithin } from "./whole-within.ts";

export function mediaIn(
  folder: string,
  cipher: MediaPorts["cipher"],
  originOf: (server: string) => string,
): MediaPorts {
  const pathOf = (name: string) => join(folder, name);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return {
    cipher,
    files: {
      async write(name, offset, bytes) {
        const file = await open(pathOf(name), "a", 0o600).then((made) =>
          made.close().then(() => open(pathOf(name), "r+")),
        );
        try {
          for (let at = 0; at < bytes.length; )
            at += (await file.write(bytes, at, bytes.length - at, offset + at)).bytesWritten;
          await file.datasync();
        } finally {
          await file.close();
        }
      },
      async read(name, offset, length) {
        const file = await open(pathOf(name), "r");
        try {
          const bytes = new Uint8Array(length);
          const { bytesRead } = await file.read(bytes, 0, length, offset);
          return bytes.subarray(0, bytesRead);
        } finally {
          await file.close();
        }
      },
      remove: (name) => rm(pathOf(name), { force: true }),
    },
    async request(server, { method, path, headers, body, bounds }) {
      const answer = await fetch(`${originOf(server)}${path}`, {
        method,
        headers,
        redirect: "error",
        ...(body === undefined ? {} : { body: body as Uint8Array<ArrayBuffer> }),
        ...(bounds && { signal: AbortSignal.timeout(bounds.msMax) }),
      });
      return { status: answer.status, body: await wholeWithin(answer, bounds) };
    },
  };
}
