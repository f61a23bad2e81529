/**
 * Files and HTTP requests in a browser's worker: encrypted files on OPFS, and `fetch` without cookies. Where the
 * browser has no OPFS, files are in memory, until the tab closes.
 */
import type { MediaPorts } from "@yanshu/client";
import { createMediaCipher } from "@yanshu/mls/browser";
import { wholeWithin } from "./answers.ts";
import { originFor } from "./app-home.ts";
import { requestCarried } from "./carried.ts";

const folderName = "yanshu-files";

/**
 * @param carriedTo the home to which `yanshu app` carries requests, which requires its cookie (docs/spec/terminal.md
 * TE21).
 */
export function browserMedia(carriedTo: string | undefined): MediaPorts {
  const opened = openFolder();
  return {
    files: {
      write: async (name, offset, bytes) => (await opened).write(name, offset, bytes),
      read: async (name, offset, length) => (await opened).read(name, offset, length),
      remove: async (name) => (await opened).remove(name),
    },
    request: async (server, { method, path, headers, body, bounds }) => {
      const origin = originFor(server, carriedTo);
      if (origin === undefined)
        return requestCarried(server, { method, path, headers, ...(body && { body }), ...(bounds && { bounds }) });
      const answer = await fetch(`${origin}${path}`, {
        method,
        headers,
        ...(body === undefined ? {} : { body: body as Uint8Array<ArrayBuffer> }),
        credentials: carriedTo === undefined ? "omit" : "same-origin",
        cache: "no-store",
        redirect: "error",
        referrerPolicy: "no-referrer",
        ...(bounds && { signal: AbortSignal.timeout(bounds.msMax) }),
      });
      return { status: answer.status, body: await wholeWithin(answer, bounds) };
    },
    cipher: createMediaCipher(),
  };
}

async function openFolder(): Promise<MediaPorts["files"]> {
  try {
    const root = await navigator.storage.getDirectory();
    return filesIn(await root.getDirectoryHandle(folderName, { create: true }));
  } catch {
    return filesInMemory();
  }
}

function filesIn(folder: FileSystemDirectoryHandle): MediaPorts["files"] {
  // OPFS allows one access handle of a file at a time, so operations on a file are queued.
  const turns = new Map<string, Promise<unknown>>();
  function inTurn<T>(name: string, create: boolean, work: (file: FileSystemSyncAccessHandle) => T): Promise<T> {
    const mine = (turns.get(name) ?? Promise.resolve()).then(async () => {
      const entry = await folder.getFileHandle(name, { create });
      const file = await entry.createSyncAccessHandle();
      try {
        return work(file);
      } finally {
        file.close();
      }
    });
    const settled = mine.catch(() => undefined);
    turns.set(name, settled);
    void settled.then(() => turns.get(name) === settled && turns.delete(name));
    return mine;
  }
  return {
    write: (name, offset, bytes) =>
      inTurn(name, true, (file) => {
        const own = bytes as Uint8Array<ArrayBuffer>;
        for (let at = 0; at < own.length; ) at += file.write(own.subarray(at), { at: offset + at });
        file.flush();
      }),
    read: (name, offset, length) =>
      inTurn(name, false, (file) => {
        const bytes = new Uint8Array(length);
        return bytes.subarray(0, file.read(bytes, { at: offset }));
      }),
    remove: async (name) => {
      await (turns.get(name) ?? Promise.resolve());
      await folder.removeEntry(name).catch((error: unknown) => {
        if (!(error instanceof DOMException && error.name === "NotFoundError")) throw error;
      });
    },
  };
}

function filesInMemory(): MediaPorts["files"] {
  const files = new Map<string, Map<number, Uint8Array>>();
  const at = (name: string) => files.get(name) ?? new Map<number, Uint8Array>();
  return {
    write: async (name, offset, bytes) => {
      files.set(name, at(name).set(offset, Uint8Array.from(bytes)));
    },
    read: async (name, offset, length) => {
      const out = new Uint8Array(length);
      for (const [from, bytes] of at(name)) {
        const begin = Math.max(from, offset);
        const end = Math.min(from + bytes.length, offset + length);
        if (begin < end) out.set(bytes.subarray(begin - from, end - from), begin - offset);
      }
      return out;
    },
    remove: async (name) => void files.delete(name),
  };
}
