/** Terminal: one device of somebody, driven by commands, with all that was printed. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createBunCrypto, createMediaCipher } from "@yanshu/mls/bun";
import { openBunDatabase } from "@yanshu/store/bun";
import { type Device, openDevice } from "../device.ts";
import type { Io } from "../io.ts";
import { run } from "../run.ts";

export type Printed = { readonly code: number; readonly out: string; readonly err: string };

/** A command under way. */
export type Running = {
  readonly out: () => string;
  readonly err: () => string;
  readonly interrupt: () => void;
  readonly done: Promise<Printed>;
};

type Given = {
  readonly input?: string;
  /** What the person types when asked, or reads off the screen then; nothing: nobody is there. */
  readonly answers?: readonly (string | ((question: string, err: string) => string))[];
  readonly isTerminal?: boolean;
  readonly env?: Readonly<Record<string, string>>;
};

/** What no correct program reports; a test that ends with any has failed. */
export const bugs: unknown[] = [];

export class Terminal {
  readonly folder: string;
  private readonly parent = mkdtempSync(join(tmpdir(), "yanshu-cli-"));

  constructor() {
    this.folder = join(this.parent, "device");
  }

  start(words: readonly string[], { input = "", answers = [], isTerminal = false, env = {} }: Given = {}): Running {
    let out = "";
    let err = "";
    const interruption = new AbortController();
    const waiting = [...answers];
    const code = run(words, {
      out: (text) => {
        out += text;
      },
      err: (text) => {
        err += text;
      },
      input: async () => input,
      ask: async (question) => {
        const next = waiting.shift();
        return typeof next === "function" ? next(question, err) : next;
      },
      env: { YANSHU_HOME: this.folder, LANG: "en_GB.UTF-8", ...env },
      isTerminal,
      interrupted: interruption.signal,
      crypto: () => createBunCrypto(),
      mediaCipher: createMediaCipher,
      openDatabase: openBunDatabase,
      report: (error) => bugs.push(error),
    });
    return {
      out: () => out,
      err: () => err,
      interrupt: () => interruption.abort(),
      done: code.then((value) => ({ code: value, out, err })),
    };
  }

  run(words: readonly string[], given?: Given): Promise<Printed> {
    return this.start(words, given).done;
  }

  /** What a command prints; it must succeed. */
  async says(...words: readonly string[]): Promise<string> {
    // Twenty people who come at once make a thousand key packages: a busy machine takes longer for them than a person
    // would wait.
    const patience = words[0] === "create" && !words.includes("--wait") ? ["--wait", "60"] : [];
    const { code, out, err } = await this.run([...words, ...patience]);
    if (code !== 0) throw new Error(`yanshu ${words[0]} failed: ${err}`);
    return out.trimEnd();
  }

  /** Runs a command until it prints `what`, as often as twenty times; returns what it printed then. */
  async saysAtLast(what: string, ...words: readonly string[]): Promise<string> {
    for (let tries = 0; tries < 20; tries++) {
      const said = await this.says(...words);
      if (said.includes(what)) return said;
    }
    throw new Error(`yanshu ${words.join(" ")} never said: ${what}`);
  }

  async value<T>(...words: readonly string[]): Promise<T> {
    return JSON.parse(await this.says(...words, "--json")) as T;
  }

  /** This device as an app that is open all the time. */
  app(): Promise<Device> {
    const io: Io = {
      out: () => undefined,
      err: () => undefined,
      input: async () => "",
      ask: async () => undefined,
      env: {},
      isTerminal: false,
      interrupted: new AbortController().signal,
      crypto: () => createBunCrypto(),
      mediaCipher: createMediaCipher,
      openDatabase: openBunDatabase,
      report: (error) => bugs.push(error),
    };
    return openDevice(io, this.folder, undefined);
  }

  remove(): void {
    rmSync(this.parent, { recursive: true, force: true });
  }
}

/** Ann and Ben make accounts, and are friends. @param bens Ben's invitation, where his home is another. */
export async function befriendAnnAndBen(ann: Terminal, ben: Terminal, invite: string, bens = invite): Promise<void> {
  await ann.says("create", "--name", "Ann", invite);
  await ben.says("create", "--name", "Ben", bens);
  await ann.says("add", await ben.says("link"), "--greeting", "hi");
  await ben.saysAtLast("Ann", "requests");
  await ben.says("accept", "Ann");
  await ann.saysAtLast("Ben", "contacts");
}

export async function until(what: string, holds: () => boolean, msMax = 45_000): Promise<void> {
  const endMs = performance.now() + msMax;
  while (!holds()) {
    if (performance.now() > endMs) throw new Error(`never came true: ${what}`);
    await Bun.sleep(20);
  }
}
