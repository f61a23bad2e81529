#!/usr/bin/env bun
/**
 * Main: the command line on Bun. Puts the client's ports, the terminal and one run together.
 */
import { createInterface } from "node:readline/promises";
import { bunParts } from "./bun.ts";
import { run } from "./run.ts";

const interruption = new AbortController();
// The second time the person means it: whatever the command still does is given up.
process.on("SIGINT", () => (interruption.signal.aborted ? process.exit(1) : interruption.abort()));
process.on("SIGTERM", () => interruption.abort());
// The reader has enough, as `head` does.
process.stdout.on("error", (error: { code?: string }) => process.exit(error.code === "EPIPE" ? 0 : 1));

async function ask(question: string, signal: AbortSignal): Promise<string | undefined> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const closed = new Promise<undefined>((resolve) => lines.once("close", () => resolve(undefined)));
  // readline takes Ctrl-C for itself while it asks.
  lines.once("SIGINT", () => interruption.abort());
  try {
    return await Promise.race([lines.question(question, { signal }), closed]);
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  } finally {
    lines.close();
  }
}

function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write("", () => resolve()));
}

const code = await run(process.argv.slice(2), {
  ...bunParts,
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  input: () => Bun.stdin.text(),
  ask,
  env: process.env,
  isTerminal: process.stdout.isTTY === true,
  interrupted: interruption.signal,
});
await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
process.exit(code);
