/** Files: those of messages, sealed, in the data folder; and requests to home by `fetch`. */
import { mkdirSync } from "node:fs";
import { open, rm } from "node:fs/promises";
import { join } from "node:path";
import type { AnswerBounds, MediaPorts } from "@yanshu/client";

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
        ...(body === undefined ? {} : { body: body as Uint8Array<ArrayBuffer> }),
        ...(bounds && { signal: AbortSignal.timeout(bounds.msMax) }),
      });
      return { status: answer.status, body: await wholeWithin(answer, bounds) };
    },
  };
}

/** Rejects once the body is longer than its bounds allow, and the transfer ends. */
async function wholeWithin(answer: Response, bounds: AnswerBounds | undefined): Promise<Uint8Array> {
  if (bounds === undefined || answer.body === null) return new Uint8Array(await answer.arrayBuffer());
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of answer.body) {
    length += piece.length;
    // Leaving the loop ends the transfer. @checks CH86
    if (length > bounds.bytesMax) throw new RangeError("the answer is longer than was asked for");
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
