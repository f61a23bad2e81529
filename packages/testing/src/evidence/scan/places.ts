/**
 * Places: all that an operator can get at. Each is read as it lies there: files with everything in
 * them that was freed, the memory of the process page by page.
 */
import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync } from "node:fs";
import { join } from "node:path";

/** Bytes that lie together; `name` says where. */
export type Piece = { readonly name: string; readonly bytes: Uint8Array };

/** Every file in a folder. */
export function* filesIn(folder: string): Generator<Piece> {
  for (const name of readdirSync(folder, { recursive: true }) as string[]) {
    const path = join(folder, name);
    if (statSync(path).isFile()) yield { name, bytes: readFileSync(path) };
  }
}

const pageBytes = 4_096;
const pieceBytes = 16 << 20;
/** What one piece repeats of the one before, so that nothing hides on the seam. */
const overlapBytes = 1_024;

/**
 * Memory of a process: every page that is there, of every readable mapping. The process stands still
 * meanwhile.
 *
 * @throws when the system does not let us read it.
 */
export function* memoryOf(pid: number): Generator<Piece> {
  const memory = openSync(`/proc/${pid}/mem`, "r");
  const pages = openSync(`/proc/${pid}/pagemap`, "r");
  process.kill(pid, "SIGSTOP");
  try {
    for (const { name, first, end } of mappingsOf(pid)) {
      for (const run of presentRuns(pages, first, end)) yield* pieces(memory, name, run);
    }
  } finally {
    process.kill(pid, "SIGCONT");
    closeSync(memory);
    closeSync(pages);
  }
}

type Span = { readonly first: number; readonly end: number };

function mappingsOf(pid: number): readonly (Span & { readonly name: string })[] {
  const found: (Span & { name: string })[] = [];
  let current: (Span & { name: string }) | undefined;
  for (const line of readFileSync(`/proc/${pid}/smaps`, "latin1").split("\n")) {
    const head = /^([0-9a-f]+)-([0-9a-f]+) (r...) \S+ \S+ \S+ *(.*)$/.exec(line);
    if (/^[0-9a-f]+-[0-9a-f]+ /.test(line)) {
      current =
        head === null
          ? undefined
          : {
              name: head[4] || "heap",
              first: Number.parseInt(head[1] ?? "", 16),
              end: Number.parseInt(head[2] ?? "", 16),
            };
      if (current?.name.startsWith("[v")) current = undefined; // vdso, vvar, vsyscall: the kernel's own.
      continue;
    }
    // A mapping of which nothing is there is only a promise of memory.
    const there = /^(?:Rss|Swap): +(\d+) kB$/.exec(line);
    if (there !== null && Number(there[1]) > 0 && current !== undefined) {
      found.push(current);
      current = undefined;
    }
  }
  return found;
}

/** Runs of pages that are in memory or swapped out. */
function* presentRuns(pages: number, first: number, end: number): Generator<Span> {
  const chunk = Buffer.alloc(1 << 20);
  let begin: number | undefined;
  let at = first;
  while (at < end) {
    const wanted = Math.min(chunk.length, ((end - at) / pageBytes) * 8);
    const got = readSync(pages, chunk, 0, wanted, (at / pageBytes) * 8);
    if (got <= 0) break;
    for (let offset = 7; offset < got; offset += 8, at += pageBytes) {
      const isThere = ((chunk[offset] as number) & 0xc0) !== 0;
      if (isThere) begin ??= at;
      else if (begin !== undefined) {
        yield { first: begin, end: at };
        begin = undefined;
      }
    }
  }
  if (begin !== undefined) yield { first: begin, end: at };
}

function* pieces(memory: number, name: string, { first, end }: Span): Generator<Piece> {
  for (let at = first; at < end; at += pieceBytes - overlapBytes) {
    const bytes = Buffer.alloc(Math.min(pieceBytes, end - at));
    let filled = 0;
    try {
      while (filled < bytes.length) {
        const got = readSync(memory, bytes, filled, bytes.length - filled, at + filled);
        if (got <= 0) break;
        filled += got;
      }
    } catch {
      // A page of a device: nobody can read it.
    }
    if (filled > 0) yield { name, bytes: bytes.subarray(0, filled) };
    if (at + pieceBytes >= end) return;
  }
}
