/**
 * Faults of the disk and the power under the real process: what was answered is there, and what cannot be done is said.
 */
import { Database } from "bun:sqlite";
import { afterAll, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeParts, encodePost } from "@yanshu/wire";
import { openSqliteLog } from "./log/sqlite/bun.ts";
import { Person } from "./testkit/person.ts";
import { endAll, portOf, Socket, settle, start, startWith, startWithin, until } from "./testkit/process.ts";

const folder = mkdtempSync(join(tmpdir(), "yanshu-faults-"));
/** Mounting is not for everybody: who may, tries a read-only disk too. */
const mounted = join(folder, "disk");
mkdirSync(mounted);
const canMount = spawnSync("mount", ["-t", "tmpfs", "-o", "size=16m", "none", mounted]).status === 0;
afterAll(() => {
  endAll();
  if (canMount) spawnSync("umount", ["-l", mounted]);
  rmSync(folder, { recursive: true, force: true });
});

const address = new Uint8Array(16).fill(3);
const firstRequest = 1_000;

/** Posts message `number`, of so many bytes; it says its number, so that it is known again. */
function post(sender: Socket, number: number, bytes = 40): void {
  const envelope = new Uint8Array(bytes);
  envelope.set(new TextEncoder().encode(`${number} `));
  const parts = encodeParts([{ target: { kind: "address", address }, envelope }]);
  sender.send(encodePost(firstRequest + number, { mode: "deposit" }, parts));
}

const answeredOf = ({ frames }: Socket) =>
  frames.flatMap((frame) => (frame.type === "ok" ? [frame.request - firstRequest] : []));
const refusedOf = ({ frames }: Socket) => frames.flatMap((frame) => (frame.type === "error" ? [frame.code] : []));
const messagesOf = ({ frames }: Socket) =>
  frames.flatMap((frame) => (frame.type === "push" ? [numberIn(frame.push.envelope)] : []));
const numberIn = (envelope: Uint8Array) => Number(new TextDecoder().decode(envelope).split(" ")[0]);

/** Sends until one is refused; answers its number. */
async function untilRefused(sender: Socket, from: number, bytes: number): Promise<number> {
  const before = refusedOf(sender).length;
  for (let number = from; ; number++) {
    post(sender, number, bytes);
    await until(() => answeredOf(sender).includes(number) || refusedOf(sender).length > before || undefined);
    if (refusedOf(sender).length > before) return number;
  }
}

/** A signal is sent before it is heard; where the system tells, this says when the process stands still. */
const stateOf = ({ child }: Awaited<ReturnType<typeof home>>["started"]) => `/proc/${child.pid}/stat`;

async function home(...args: string[]) {
  const data = join(folder, `${Math.random()}`.slice(2));
  const started = start("--port", "0", "--data", data, ...args);
  const port = await portOf(started);
  const bob = new Person("bob");
  await settle(port, bob, data, address);
  const sender = new Socket(port);
  await sender.open();
  return { data, started, port, bob, sender };
}

test("[DS63] copies of the files, taken at any moment under load, open and hold every message that was answered", async () => {
  const { data, started, sender } = await home();
  const copies: { readonly path: string; readonly answered: readonly number[] }[] = [];
  let posted = 0;
  for (let copy = 0; copy < 12; copy++) {
    for (let n = 0; n < 45; n++) post(sender, posted++, 100 + ((posted * 997) % 9_000));
    // In the midst of them: it stands still, so that its files are of one moment, as when the power goes.
    await new Promise((next) => setTimeout(next, (copy * 7) % 13));
    started.child.kill("SIGSTOP");
    await until(() => !existsSync(stateOf(started)) || readFileSync(stateOf(started), "latin1").includes(") T "));
    const answered = answeredOf(sender);
    const path = join(folder, `copy-${copy}.db`);
    for (const end of ["", "-wal"])
      if (existsSync(join(data, `yanshu.db${end}`))) cpSync(join(data, `yanshu.db${end}`), path + end);
    started.child.kill("SIGCONT");
    copies.push({ path, answered });
  }
  await until(() => answeredOf(sender).length === posted || undefined);
  for (const { path, answered } of copies) {
    const log = openSqliteLog(path);
    const held = new Set(
      log.delivery.backlog(1, 0, 10_000).map(
        ({ frame }) =>
          `${
            Buffer.from(frame)
              .toString("latin1")
              .match(/(\d+) \0/)?.[1]
          }`,
      ),
    );
    for (const number of answered) expect([path, number, held.has(`${number}`)]).toEqual([path, number, true]);
    log.close();
    const database = new Database(path);
    expect(database.query("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" });
    database.close();
  }
  expect(copies.some(({ answered }, i) => answered.length > 0 && answered.length < (i + 1) * 45)).toBe(true);
  started.child.kill("SIGKILL");
}, 60_000);

test("[DS64] [DS31] a disk that is full refuses by name, what was answered stays, and service returns with the room", async () => {
  const data = join(folder, "full");
  const started = startWithin(1_500, "--port", "0", "--data", data);
  const port = await portOf(started);
  const bob = new Person("bob");
  await settle(port, bob, data, address);
  const sender = new Socket(port);
  await sender.open();
  const refused = await untilRefused(sender, 0, 12_000);
  expect(refusedOf(sender)).toEqual(["storage-full"]);
  expect(refused).toBeGreaterThan(10);
  expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
  post(sender, 9_000, 12_000);
  await until(() => refusedOf(sender).length === 2 || undefined);
  expect(spawnSync("prlimit", ["--pid", `${started.child.pid}`, "--fsize=unlimited"]).status).toBe(0);
  post(sender, 9_001, 12_000);
  await until(() => answeredOf(sender).includes(9_001) || undefined);
  started.child.kill("SIGKILL");
  await started.ended;
  const again = start("--port", "0", "--data", data);
  const phone = new Socket(await portOf(again));
  await phone.signIn(bob, 1);
  await until(
    () => answeredOf(sender).every((number) => messagesOf(phone).includes(number)) || phone.acknowledge() || undefined,
  );
  expect(messagesOf(phone)).not.toContain(9_000);
  again.child.kill("SIGKILL");
}, 60_000);

test("[DS64] a database that another program holds is said, nothing is answered that is not stored, and it goes on", async () => {
  const { data, started, sender } = await home();
  post(sender, 1);
  await until(() => answeredOf(sender).includes(1) || undefined);
  const other = new Database(join(data, "yanshu.db"));
  other.run("BEGIN IMMEDIATE");
  post(sender, 2);
  await until(() => refusedOf(sender).length === 1 || undefined);
  expect(refusedOf(sender)).toEqual(["unavailable"]);
  other.run("ROLLBACK");
  other.close();
  post(sender, 3);
  await until(() => answeredOf(sender).includes(3) || undefined);
  expect(answeredOf(sender)).toEqual([1, 3]);
  started.child.kill("SIGKILL");
}, 30_000);

const remount = (how: string) => spawnSync("mount", ["-o", `remount,${how}`, mounted]).status;

test.if(canMount)(
  "[DS64] [DS34] on a read-only disk the start ends with one sentence, and all is there once it is mended",
  async () => {
    const data = join(mounted, "data");
    const first = start("--port", "0", "--data", data);
    const port = await portOf(first);
    const bob = new Person("bob");
    await settle(port, bob, data, address);
    const sender = new Socket(port);
    await sender.open();
    post(sender, 1);
    await until(() => answeredOf(sender).includes(1) || undefined);
    first.child.kill("SIGKILL");
    await first.ended;
    expect(remount("ro")).toBe(0);
    const second = start("--port", "0", "--data", data);
    expect(await second.ended).toBe(1);
    expect(second.output().trim().split("\n")).toHaveLength(1);
    expect(second.output()).toMatch(/^yanshu: .*(?:cannot be (?:opened|written))/);
    expect(remount("rw")).toBe(0);
    const third = start("--port", "0", "--data", data);
    const phone = new Socket(await portOf(third));
    await phone.signIn(bob, 1);
    await until(() => messagesOf(phone).includes(1) || undefined);
    third.child.kill("SIGKILL");
    await third.ended;
  },
  30_000,
);

test.if(canMount)(
  "[DS64] [DS31] where the disk has no block left, messages are refused by name, and taken again when it has",
  async () => {
    const data = join(mounted, "small");
    const started = start("--port", "0", "--data", data);
    const port = await portOf(started);
    await settle(port, new Person("bob"), data, address);
    const sender = new Socket(port);
    await sender.open();
    post(sender, 1);
    await until(() => answeredOf(sender).includes(1) || undefined);
    spawnSync("dd", ["if=/dev/zero", `of=${join(mounted, "filler")}`, "bs=64k"]);
    await untilRefused(sender, 2, 12_000);
    expect(refusedOf(sender)).toEqual(["storage-full"]);
    rmSync(join(mounted, "filler"));
    post(sender, 9_001, 12_000);
    await until(() => answeredOf(sender).includes(9_001) || undefined);
    started.child.kill("SIGKILL");
    await started.ended;
  },
  30_000,
);

test("[DS110] an exception that nobody catches, or a promise that nobody hears, ends no process and is told without its words", async () => {
  const throwing = join(folder, "throwing.ts");
  const now = join(folder, "throw-now");
  // Not before it is told to: a process that has only begun hears no exceptions yet.
  writeFileSync(
    throwing,
    `const wait = setInterval(() => {
      if (!require("node:fs").existsSync(${JSON.stringify(now)})) return;
      clearInterval(wait);
      setTimeout(() => { throw new Error("Ann wrote to Ben"); });
      setTimeout(() => void Promise.reject(new Error("of dinner")));
    }, 20);`,
  );
  const args = ["--port", "0", "--data", join(folder, "throwing"), "--operator-port", "0"];
  const started = startWith({ BUN_OPTIONS: `--preload=${throwing}` }, ...args);
  const port = await portOf(started);
  writeFileSync(now, "");
  await until(() => started.output().includes("a fault in the process: Error"));
  const operator = /Counts for the operator: (http:\S+)/.exec(started.output())?.[1];
  await until(async () => ((await (await fetch(`${operator}`)).json()) as { faults: number }).faults === 2);
  expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
  expect(started.output()).not.toMatch(/Ann|dinner/);
  started.child.kill("SIGKILL");
}, 30_000);

test("[DS64] [DS34] a folder that cannot be written ends the start with one sentence", async () => {
  const started = start("--port", "0", "--data", "/proc/yanshu");
  expect(await started.ended).toBe(1);
  expect(started.output().trim().split("\n")).toHaveLength(1);
  expect(started.output()).toMatch(/^yanshu: the data folder cannot be written.*--data/);
}, 30_000);

test("[DS117] a database with damaged pages is served as far as it can be read, and its operator is told", async () => {
  const data = mkdtempSync(join(folder, "damaged-"));
  const first = start("--port", "0", "--data", data);
  const port = await portOf(first);
  await settle(port, new Person("bob"), data, address);
  const sender = new Socket(port);
  await sender.open();
  for (let number = 0; number < 40; number++) post(sender, number, 9_000);
  await until(() => answeredOf(sender).length === 40 || undefined);
  first.child.kill("SIGTERM");
  await first.ended;
  const path = join(data, "yanshu.db");
  const bytes = readFileSync(path);
  const pages = bytes.length / 4_096;
  expect(pages).toBeGreaterThan(60);
  // Not the first, which says what the file is; the last ones hold messages.
  for (const page of [pages - 3, pages - 9, pages - 15, pages - 21])
    bytes.fill(0x5a, page * 4_096, page * 4_096 + 4_000);
  writeFileSync(path, bytes);

  const second = start("--port", "0", "--data", data, "--operator-port", "0");
  const again = await portOf(second);
  await until(async () => {
    const answer = await fetch(`http://127.0.0.1:${again}/readyz`);
    return (answer.status === 503 && (await answer.text()).includes("damaged")) || undefined;
  });
  // What a process prints comes by a pipe, and may come after its answer.
  await until(() => second.output().includes("put the last copy back with `restore`") || undefined);
  const phone = new Socket(again);
  await phone.signIn(new Person("bob"), 1).catch(() => undefined); // Its messages, as far as they can be read.
  await until(() => phone.frames.some((frame) => frame.type === "push") || phone.closed !== undefined || undefined);
  const stranger = new Socket(again);
  expect(await stranger.open()).toBeDefined();
  const operator = /Counts for the operator: (http:\S+)/.exec(second.output())?.[1];
  const counts = (await (await fetch(`${operator}`)).json()) as Record<string, number>;
  expect(counts["damage"]).toBeGreaterThan(0);
  expect(second.child.exitCode).toBeNull();
  second.child.kill("SIGKILL");
}, 60_000);
