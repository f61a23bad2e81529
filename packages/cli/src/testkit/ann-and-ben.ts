/** Ann and Ben at the terminals of a test file: friends before its first test, and all gone after its last. */
import { afterAll, beforeAll, expect } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TestServer } from "./server.ts";
import { befriendAnnAndBen, bugs, Terminal } from "./terminal.ts";

/** @param more options of the server besides. */
export function annAndBen(...more: readonly string[]) {
  const server = new TestServer(...more);
  const [ann, ben] = [new Terminal(), new Terminal()];
  /** For files that they name. */
  const folder = mkdtempSync(join(tmpdir(), "yanshu-cli-files-"));
  beforeAll(async () => {
    await server.start();
    await befriendAnnAndBen(ann, ben, server.invite);
  });
  afterAll(async () => {
    for (const one of [ann, ben]) one.remove();
    rmSync(folder, { recursive: true });
    await server.remove();
    expect(bugs).toEqual([]);
  });
  return { ann, ben, folder };
}
