/**
 * A disk that fills, on a small filesystem of its own: what was taken is delivered and deleted in the room of the
 * reserve, and a start is possible.
 */
import { afterAll, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, statSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeParts, encodePost } from "@yanshu/wire";
import { Person } from "./testkit/person.ts";
import { endAll, portOf, Socket, type Started, settle, start, until } from "./testkit/process.ts";

const folder = mkdtempSync(join(tmpdir(), "yanshu-full-"));
const disk = join(folder, "disk");
mkdirSync(disk);
/** Mounting is not for everybody. */
const canMount = spawnSync("mount", ["-t", "tmpfs", "-o", "size=12m", "none", disk]).status === 0;
afterAll(() => {
  endAll();
  if (canMount) spawnSync("umount", ["-l", disk]);
  rmSync(folder, { recursive: true, force: true });
});

const data = join(disk, "data");
const reserve = join(data, "reserve");
const reserveBytes = 2 * 1024 * 1024;
const address = new Uint8Array(16).fill(3);
const bob = new Person("bob");
let signIns = 0;

const open = async () => {
  const started = start("--port", "0", "--data", data, "--reserve-megabytes", "2", "--operator-port", "0");
  const port = await portOf(started);
  const sender = new Socket(port);
  await sender.open();
  return { started, port, sender };
};
const heldBytes = () => statSync(reserve, { throwIfNoEntry: false })?.size;
const fill = () => spawnSync("dd", ["if=/dev/zero", `of=${join(disk, `filler-${Math.random()}`)}`, "bs=4k"]);
const makeRoom = () => spawnSync("sh", ["-c", `rm -f ${join(disk, "filler-")}*`]);

/** What a message of so many bytes is answered. */
let messages = 0;
async function message(sender: Socket, bytes = 14_000): Promise<string> {
  const number = ++messages;
  const envelope = new Uint8Array(bytes);
  envelope.set(new TextEncoder().encode(`${number} `));
  const request = 10_000 + number;
  sender.send(
    encodePost(request, { mode: "deposit" }, encodeParts([{ target: { kind: "address", address }, envelope }])),
  );
  const found = await until(() => sender.frames.find((frame) => "request" in frame && frame.request === request));
  return found.type === "error" ? found.code : found.type;
}

async function counts({ output }: Started): Promise<Record<string, number>> {
  const operator = /Counts for the operator: (http:\S+)/.exec(output())?.[1];
  return (await (await fetch(`${operator}`)).json()) as Record<string, number>;
}

const readiness = async (port: number) => {
  const answer = await fetch(`http://127.0.0.1:${port}/readyz`);
  return `${answer.status} ${(await answer.text()).trim()}`;
};

const numbers = ({ reads }: Socket) => reads.map((text) => Number(text.split(" ")[0]));

/** Bob reads and acknowledges all that waits for him. */
async function readsAll(port: number, count: number): Promise<readonly number[]> {
  const phone = new Socket(port);
  await phone.signIn(bob, ++signIns);
  await until(() => numbers(phone).length >= count || phone.acknowledge());
  phone.acknowledge();
  const read = numbers(phone);
  await phone.call("ownEntries", { from: 0 });
  phone.socket.close();
  return read;
}

test.skipIf(!canMount)(
  "[DS114] when the disk fills the reserve is given up: nothing new is taken, what is there is delivered and deleted, and the operator is told",
  async () => {
    const { started, port, sender } = await open();
    await settle(port, bob, data, address);
    await until(() => heldBytes() === reserveBytes || undefined);
    expect(await readiness(port)).toBe("200 ready");
    const taken: number[] = [];
    for (let i = 0; i < 5; i++) if ((await message(sender)) === "ok") taken.push(messages);
    expect(taken).toHaveLength(5);
    fill();
    for (let answer = "ok"; answer === "ok"; ) {
      answer = await message(sender);
      if (answer === "ok") taken.push(messages);
      else expect(answer).toBe("storage-full");
    }
    await until(() => heldBytes() === 0 || undefined);
    expect(await message(sender, 40)).toBe("storage-full");
    await until(async () => (await readiness(port)) === "503 the disk is full");
    const told = await counts(started);
    expect(told["tight"]).toBe(1);
    expect(told["freeBytes"]).toBeLessThan(2 * reserveBytes);
    expect(told["failedWrites"]).toBeGreaterThan(0);
    expect(told["faults"]).toBe(0);
    expect((await readsAll(port, taken.length)).toSorted((a, b) => a - b)).toEqual(taken);
    await Bun.sleep(1_000); // What was acknowledged goes with upkeep.
    expect(await readsAll(port, 0)).toEqual([]);
    started.child.kill("SIGKILL");
    await started.ended;

    const again = await open();
    expect(await readiness(again.port)).toBe("503 the disk is full");
    expect(await message(again.sender, 40)).toBe("storage-full");
    expect(await readsAll(again.port, 0)).toEqual([]);
    makeRoom();
    expect(await message(again.sender)).toBe("ok");
    expect(await readsAll(again.port, 1)).toEqual([messages]);
    await until(() => heldBytes() === reserveBytes || undefined);
    await until(async () => (await readiness(again.port)) === "200 ready");
    again.started.child.kill("SIGKILL");
    await again.started.ended;
  },
  60_000,
);

/** For so long a run goes on after the disk filled: `npm run sim:disk`. */
const minutes = Number(process.env["YANSHU_FULL_DISK_MINUTES"] ?? "0");

test.skipIf(!canMount || !(minutes > 0))(
  `[DS114] for ${minutes} minutes after the disk filled the server lives, delivers, and loses nothing`,
  async () => {
    const { started, port, sender } = await open();
    if (signIns === 0) await settle(port, bob, data, address);
    await until(() => heldBytes() === reserveBytes || undefined);
    const taken: number[] = [];
    for (let i = 0; i < 50; i++) if ((await message(sender)) === "ok") taken.push(messages);
    fill();
    for (let answer = "ok"; answer === "ok"; ) {
      answer = await message(sender);
      if (answer === "ok") taken.push(messages);
    }
    let [rounds, least] = [0, Number.POSITIVE_INFINITY];
    for (const endMs = Date.now() + minutes * 60_000; Date.now() < endMs; rounds++) {
      expect(await message(sender, 40)).toBe("storage-full");
      const caller = new Socket(port);
      await caller.open();
      const token = { epoch: 0, input: new Uint8Array(32), output: new Uint8Array(64) };
      await expect(
        caller.call("findHandle", { tag: new Uint8Array(32), tokens: Array(4).fill(token) }),
      ).rejects.toThrow();
      caller.socket.close();
      const phone = new Socket(port);
      await phone.signIn(bob, ++signIns);
      phone.socket.close();
      const told = await counts(started);
      expect([told["tight"], told["faults"]]).toEqual([1, 0]);
      least = Math.min(least, told["freeBytes"] as number);
      await Bun.sleep(2_000);
    }
    expect((await readsAll(port, taken.length)).toSorted((a, b) => a - b)).toEqual(taken);
    process.stdout.write(
      `${rounds} rounds in ${minutes} minutes, at least ${least} bytes free, ${taken.length} messages delivered\n`,
    );
    makeRoom();
    started.child.kill("SIGKILL");
    await started.ended;
  },
  (minutes + 2) * 60_000,
);

test.skipIf(!canMount)(
  "[DS115] with no room at all the server starts to read, and takes messages as soon as there is some",
  async () => {
    const before = await open();
    expect(await message(before.sender)).toBe("ok");
    const last = messages;
    before.started.child.kill("SIGKILL");
    await before.started.ended;
    truncateSync(reserve, 0);
    fill();
    fill();
    const { started, port, sender } = await open();
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
    expect(await readiness(port)).toMatch(/^503/);
    expect(await message(sender, 40)).toBe("storage-full");
    await expect(readsAll(port, 1)).rejects.toThrow("storage-full");
    makeRoom();
    await until(() => message(sender, 40).then((answer) => answer === "ok" || undefined));
    signIns--;
    expect((await readsAll(port, 2)).slice(0, 1)).toEqual([last]);
    started.child.kill("SIGKILL");
    await started.ended;
  },
  60_000,
);
