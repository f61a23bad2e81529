/** Process: the real server as its own process, and a socket to it, or to one in this process. */
import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  type CallArgs,
  type CallName,
  type CallResult,
  decodeResult,
  decodeServerFrame,
  encodeAcks,
  encodeCall,
  encodeParts,
  encodePost,
  messagesOf,
  type Part,
  type PostHeader,
  type ServerFrame,
  signInBytes,
} from "@yanshu/wire";
import type { Person } from "./person.ts";

const mainFile = join(import.meta.dirname, "../main.ts");
const running = new Set<ChildProcess>();

/** To be called when a file of tests is over. */
export function endAll(): void {
  for (const child of running) child.kill("SIGKILL");
}

export type Started = {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly ended: Promise<number | null>;
};

export function start(...args: string[]): Started {
  return watched(spawn(process.execPath, [mainFile, ...args], environment));
}

/** With these in its environment, which no command line shows. */
export function startWith(env: Readonly<Record<string, string>>, ...args: string[]): Started {
  return watched(spawn(process.execPath, [mainFile, ...args], { env: { ...environment.env, ...env } }));
}

/** As on a disk where no file can grow beyond so much; `prlimit` changes it later. */
export function startWithin(kilobytes: number, ...args: string[]): Started {
  // Without the signal, so that writing fails as it does when there is no room.
  const shell = `trap '' XFSZ; ulimit -S -f ${2 * kilobytes}; exec "$0" "$@"`;
  return watched(spawn("sh", ["-c", shell, process.execPath, mainFile, ...args], environment));
}

const environment = { env: { PATH: process.env["PATH"] } };

function watched(child: ChildProcessWithoutNullStreams): Started {
  running.add(child);
  let text = "";
  child.stdout.on("data", (data) => {
    text += data;
  });
  child.stderr.on("data", (data) => {
    text += data;
  });
  const ended = new Promise<number | null>((resolve) =>
    child.on("exit", (code) => {
      running.delete(child);
      resolve(code);
    }),
  );
  return { child, output: () => text, ended };
}

export async function until<T>(found: () => T | undefined | Promise<T | undefined>, ms = 30_000): Promise<T> {
  for (const end = performance.now() + ms; performance.now() < end; await new Promise((next) => setTimeout(next, 5))) {
    const value = await found();
    if (value !== undefined && value !== false) return value;
  }
  throw new Error("it did not happen in time");
}

export function portOf({ output }: Started): Promise<number> {
  return until(() => {
    const port = /\(127\.0\.0\.1:(\d+)\)/.exec(output())?.[1];
    return port === undefined ? undefined : Number(port);
  });
}

/** Registers bob with the token on disk, and gives him an address. */
export async function settle(port: number, bob: Person, data: string, address: Uint8Array): Promise<void> {
  const token = Buffer.from(readFileSync(join(data, "registration-token"), "utf8").trim(), "base64url");
  const caller = new Socket(port);
  await caller.open();
  await caller.call("register", {
    token: new Uint8Array(token),
    inception: bob.inception,
    entry: bob.entries[0] as Uint8Array,
  });
  const phone = new Socket(port);
  await phone.signIn(bob, 0);
  await phone.call("addresses", { add: [address], remove: [] });
  phone.socket.close();
}

/** A WebSocket client that awaits its answers. */
export class Socket {
  readonly frames: ServerFrame[] = [];
  closed: { code: number; reason: string } | undefined;
  readonly socket: WebSocket;
  private request = 0;

  /** @param from where a proxy says that it comes from; absent: this machine. */
  constructor(port: number, from?: string) {
    const headers = from === undefined ? {} : { "x-forwarded-for": from };
    this.socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, { headers } as unknown as string[]);
    this.socket.binaryType = "arraybuffer";
    this.socket.onmessage = ({ data }) => this.frames.push(decodeServerFrame(new Uint8Array(data as ArrayBuffer)));
    this.socket.onclose = ({ code, reason }) => {
      this.closed = { code, reason };
    };
  }

  /** One frame, in as many messages as it takes. */
  send(frame: Uint8Array): void {
    for (const message of messagesOf(frame)) this.socket.send(message as Uint8Array<ArrayBuffer>);
  }

  /** Acknowledges what came, so that more comes. */
  acknowledge(): false {
    const ids = this.frames.flatMap((frame) => (frame.type === "push" ? [frame.push.id] : []));
    if (ids.length > 0) this.send(encodeAcks([{ first: ids[0] as number, last: ids.at(-1) as number }]));
    return false;
  }

  async call<N extends CallName>(name: N, args: CallArgs<N>): Promise<CallResult<N>> {
    const request = ++this.request;
    this.send(encodeCall(request, name, args));
    const answer = await until(() => this.frames.find((frame) => "request" in frame && frame.request === request));
    if (answer.type !== "result") throw new Error(`refused: ${JSON.stringify(answer)}`);
    return decodeResult(name, answer.body);
  }

  /** What it is answered. */
  async post(header: PostHeader, parts: readonly Part[]): Promise<ServerFrame> {
    const request = ++this.request;
    this.send(encodePost(request, header, encodeParts(parts)));
    return until(() => this.frames.find((frame) => "request" in frame && frame.request === request));
  }

  /** What was written in the envelopes that came. */
  get reads(): string[] {
    return this.frames.flatMap((frame) =>
      frame.type === "push" ? [new TextDecoder().decode(frame.push.envelope)] : [],
    );
  }

  async open(): Promise<CallResult<"hello">> {
    await until(() => this.socket.readyState === WebSocket.OPEN || undefined);
    return this.call("hello", { versions: [1] });
  }

  async signIn(person: Person, round: number): Promise<void> {
    const { domain, incarnation, nonce } = await this.open();
    const { account, phone } = person;
    const fields = { account, device: phone.id, current: phone.value(round), next: phone.value(round + 1) };
    const signature = phone.keys.sign(signInBytes({ domain, incarnation, nonce, ...fields }));
    await this.call("signIn", { ...fields, signature });
  }
}
