/** Homes that meet by real sockets: what is called and what never is; two processes, and their operator's commands. */
import { afterAll, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, createServer, type Socket as NodeSocket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { limits, peerLimits } from "@yanshu/wire";
import { askControl } from "../../operator/bun-control.ts";
import { readOptions } from "../../options.ts";
import { certified, hasOpenssl } from "../../testkit/certificate.ts";
import { Group } from "../../testkit/group.ts";
import { Person } from "../../testkit/person.ts";
import { endAll, portOf, Socket, settle, start, until } from "../../testkit/process.ts";
import { dialler } from "./bun-dial.ts";
import type { Wire } from "./port.ts";

const folder = mkdtempSync(join(tmpdir(), "yanshu-peers-"));
afterAll(() => {
  endAll();
  rmSync(folder, { recursive: true });
});

test("[PE9] names of this machine and of private networks, and ports that no operator named, are never called", async () => {
  let calls = 0;
  const host = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: () => {
      calls++;
      return new Response("a card");
    },
  });
  const { fetchCard, dial } = dialler({});
  const { port } = host;
  const events = { receive: () => undefined, closed: () => undefined };
  const names = [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`, `[::ffff:127.0.0.1]:${port}`, "10.0.0.1"];
  for (const name of [...names, "169.254.169.254", "printer.local", "intranet", "north.example:8443"])
    for (const isListed of [false, name !== "north.example:8443"]) {
      expect([name, await fetchCard(name, isListed)]).toEqual([name, undefined]);
      expect([name, await dial(name, "/peer", isListed, events)]).toEqual([name, undefined]);
    }
  expect(calls).toBe(0);
  expect(await dialler({ loopback: true }).fetchCard(`localhost:${port}`, false)).toEqual(
    new TextEncoder().encode("a card"),
  );
  await host.stop(true);
});

test("[PE9] names of private networks, and ports that no operator named, are not even looked up", async () => {
  const asked: string[] = [];
  const { fetchCard } = dialler({
    timeoutMs: 1,
    addressOf: async (name) => {
      asked.push(name);
      return undefined;
    },
  });
  for (const name of ["printer.local", "intranet", "10.0.0.1", "north.example:8443"])
    expect([name, await fetchCard(name, false)]).toEqual([name, undefined]);
  expect(asked).toEqual([]);
  for (const [name, isListed] of [
    ["north.example", false],
    ["north.example:8443", true],
  ] as const)
    expect([name, await fetchCard(name, isListed)]).toEqual([name, undefined]);
  expect(asked).toEqual(["north.example", "north.example"]);
});

test.if(hasOpenssl)(
  "[PE9] who shows no certificate of the name that is called gives no card and gets no line",
  async () => {
    const { cert, key } = certified(folder, "south.example");
    let opened = 0;
    const host = Bun.serve<undefined>({
      port: 0,
      hostname: "127.0.0.1",
      tls: { cert: Bun.file(cert), key: Bun.file(key) },
      fetch: (request, server) => (server.upgrade(request) ? undefined : new Response("a card")),
      websocket: { open: () => void opened++, message: () => undefined },
    });
    const { fetchCard, dial } = dialler({ addressOf: async () => "127.0.0.1" });
    const name = `north.example:${host.port}`;
    expect(await fetchCard(name, true)).toBeUndefined();
    expect(await dial(name, "/peer", true, { receive: () => undefined, closed: () => undefined })).toBeUndefined();
    expect(opened).toBe(0);
    await host.stop(true);
  },
);

test("[PE9] of a card as much is read as a card may have, and no byte more", async () => {
  let bytes = 0;
  const host = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response(new Uint8Array(bytes)) });
  const { fetchCard } = dialler({ loopback: true });
  const lengths: (number | undefined)[] = [];
  for (bytes of [peerLimits.cardBytesMax, peerLimits.cardBytesMax + 1])
    lengths.push((await fetchCard(`127.0.0.1:${host.port}`, false))?.length);
  expect(lengths).toEqual([peerLimits.cardBytesMax, undefined]);
  await host.stop(true);
});

/** A server on this machine that says something on each line as soon as it is open. */
function saying(open: (socket: Bun.ServerWebSocket<undefined>) => void): Bun.Server<undefined> {
  return Bun.serve<undefined>({
    port: 0,
    hostname: "127.0.0.1",
    fetch: (request, server) => (server.upgrade(request) ? undefined : new Response()),
    websocket: { open, message: () => undefined },
  });
}

test("[PE36] a line on which text is said ends, and nothing that follows is taken", async () => {
  const host = saying((socket) => {
    socket.cork(() => {
      socket.send("text");
      for (let i = 0; i < 20; i++) socket.send(new Uint8Array(10));
    });
  });
  const heard: Uint8Array[] = [];
  await new Promise<void>((closed) => {
    const receive = (message: Uint8Array) => void heard.push(message);
    void dialler({ loopback: true }).dial(`127.0.0.1:${host.port}`, "/peer", false, { receive, closed });
  });
  expect(heard).toEqual([]);
  await host.stop(true);
});

test("[PE94] of a line that was called no more is taken in one turn than a server can have said: one more ends it", async () => {
  const said = 300_000;
  const host = saying((socket) => {
    socket.cork(() => {
      for (let i = 0; i < said; i++) socket.send(new Uint8Array(1));
    });
    socket.close();
  });
  let [heard, inTurn, most] = [0, 0, 0];
  await new Promise<void>((closed) => {
    const receive = () => {
      heard++;
      if (inTurn++ === 0) setImmediate(() => (inTurn = 0));
      most = Math.max(most, inTurn);
    };
    void dialler({ loopback: true }).dial(`127.0.0.1:${host.port}`, "/peer", false, { receive, closed });
  });
  expect([heard < said, most <= 8_192]).toEqual([true, true]);
  await host.stop(true);
});

test("[PE9] a card that is endless, too slow, elsewhere or none is given up, and so is a line that does not open", async () => {
  const endless = () =>
    new ReadableStream<Uint8Array>({
      pull: (out) => out.enqueue(new Uint8Array(1_024)),
    });
  const host = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: (request) => {
      const { host: name } = new URL(request.url);
      if (new URL(request.url).pathname === "/elsewhere") return new Response("found");
      if (request.headers.get("host") !== name) return new Response("no", { status: 500 });
      if (mode === "redirect") return Response.redirect("/elsewhere", 302);
      if (mode === "missing") return new Response("none", { status: 404 });
      return new Response(
        mode === "slow" ? new ReadableStream({ pull: () => new Promise(() => undefined) }) : endless(),
      );
    },
  });
  const { fetchCard, dial } = dialler({ loopback: true, timeoutMs: 300 });
  const name = `127.0.0.1:${host.port}`;
  let mode = "";
  for (mode of ["endless", "redirect", "missing", "slow"])
    expect([mode, await fetchCard(name, false)]).toEqual([mode, undefined]);
  expect(await dial(name, "/peer", false, { receive: () => undefined, closed: () => undefined })).toBeUndefined();
  await host.stop(true);
});

test("[PE36] a card that is compressed is none, and of a line no message is taken that is larger than a server sends", async () => {
  const offered: (string | null)[] = [];
  const host = Bun.serve<undefined>({
    port: 0,
    hostname: "127.0.0.1",
    fetch: (request, server) => {
      offered.push(request.headers.get("sec-websocket-extensions"));
      if (server.upgrade(request)) return undefined;
      const headers = { "content-encoding": "gzip" };
      return new Response(Bun.gzipSync(new Uint8Array(100)), { headers });
    },
    websocket: {
      perMessageDeflate: true,
      open: (socket) => {
        socket.send(new Uint8Array(limits.messageBytesMax));
        socket.send(new Uint8Array(limits.messageBytesMax + 1));
        socket.send(new Uint8Array(1));
      },
      message: () => undefined,
    },
  });
  const { fetchCard, dial } = dialler({ loopback: true, timeoutMs: 5_000 });
  const name = `127.0.0.1:${host.port}`;
  expect(await fetchCard(name, false)).toBeUndefined();
  const heard: number[] = [];
  await new Promise<void>((closed) => {
    void dial(name, "/peer", false, { receive: ({ length }) => heard.push(length), closed });
  });
  expect(heard).toEqual([limits.messageBytesMax]);
  expect(offered).toEqual([null, null]);
  await host.stop(true);
});

/**
 * A server that opens lines and reads nothing that is said on them.
 *
 * @param says first, as bytes of frames. @param then what it does with each line.
 */
async function deaf(says = new Uint8Array(), then?: (socket: NodeSocket) => Promise<void>) {
  const host = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", (asked) => {
      const key = /sec-websocket-key: (.*)\r/i.exec(String(asked))?.[1] ?? "";
      const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
      const lines = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"];
      socket.write([...lines, `Sec-WebSocket-Accept: ${accept}`, "", ""].join("\r\n"));
      socket.write(says);
      socket.pause();
      void then?.(socket);
    });
  });
  await new Promise<void>((resolve) => host.listen(0, "127.0.0.1", resolve));
  return { host, name: `127.0.0.1:${(host.address() as AddressInfo).port}` };
}

test("[PE36] the line of a server that takes nothing of what it is sent ends, and so is not kept for it without end", async () => {
  const { host, name } = await deaf();
  let isClosed = false;
  const closed = () => {
    isClosed = true;
  };
  const wire = await dialler({ loopback: true }).dial(name, "/peer", false, { receive: () => undefined, closed });
  let sent = 0;
  for (; sent < 64 << 20 && !isClosed; sent += limits.messageBytesMax) {
    wire?.send(new Uint8Array(limits.messageBytesMax));
    if (sent % (1 << 20) === 0) await Bun.sleep(1);
  }
  expect([isClosed, sent > 6 << 20]).toEqual([true, true]);
  wire?.send(new Uint8Array(1));
  host.close();
});

test("[PE36] of all lines with servers that were not allowed the one ends of which most waits unread, once it is too much", async () => {
  const { host, name } = await deaf();
  const { dial } = dialler({ loopback: true, unreadBytesAllMax: 1 << 20 });
  const closed: string[] = [];
  const open = async (as: string, isListed = false) =>
    dial(name, "/peer", isListed, { receive: () => undefined, closed: () => void closed.push(as) });
  const say = async (wire: Wire | undefined, messages: number) => {
    for (let i = 0; i < messages; i++) wire?.send(new Uint8Array(limits.messageBytesMax));
    await Bun.sleep(1);
  };
  const [friend, much, little] = [await open("friend", true), await open("much"), await open("little")];
  for (let i = 0; i < 14 && closed.length === 0; i++) {
    await say(friend, 32);
    await say(little, 8);
    await say(much, 32);
  }
  await say(little, 1);
  expect(closed).toEqual(["much"]);
  host.close();
});

/** The head of a frame of a server that says how long it is. @param first its first byte: kind, and whether it ends. */
function headOf(first: number, length: number): Uint8Array<ArrayBuffer> {
  const head = new DataView(new ArrayBuffer(10));
  head.setUint8(0, first);
  head.setUint8(1, 127);
  head.setBigUint64(2, BigInt(length));
  return new Uint8Array(head.buffer);
}

test("[PE102] [PE105] a line ends by a message that is announced too large, or in more pieces than one has, before it is whole", async () => {
  const piece = (first: number) => [
    ...headOf(first, limits.messageBytesMax),
    ...new Uint8Array(limits.messageBytesMax),
  ];
  const [binary, more, ending] = [0x82, 0x00, 0x80];
  /** Without an end, a byte a piece. */
  const bytewise = (pieces: number) => Array.from({ length: pieces }, (_, at) => [at === 0 ? 0x02 : more, 1, 7]).flat();
  for (const [says, isTooMuch] of [
    [headOf(binary, limits.messageBytesMax + 1), true],
    [headOf(binary, 100 << 20), true],
    [new Uint8Array([...piece(0x02), ...headOf(more, 1), 7]), true],
    [new Uint8Array(bytewise(17)), true],
    [new Uint8Array(bytewise(16)), false],
    [headOf(binary, limits.messageBytesMax), false],
    [new Uint8Array([...piece(0x02), ...headOf(more, 0)]), false],
    [new Uint8Array([...piece(0x02), ...headOf(ending, 0)]), false],
  ] as const) {
    const { host, name } = await deaf(says);
    let isClosed = false;
    const closed = () => {
      isClosed = true;
    };
    const wire = await dialler({ loopback: true }).dial(name, "/peer", false, { receive: () => undefined, closed });
    await (isTooMuch ? until(() => isClosed, 3_000) : Bun.sleep(100));
    expect(isClosed).toBe(isTooMuch);
    wire?.close();
    host.close();
  }
});

test("[PE105] a message in sixteen pieces is taken, and one of which each read brings a byte ends the line before it is whole", async () => {
  const sixteenth = limits.messageBytesMax / 16;
  const pieces = Array.from({ length: 16 }, (_, at) => [
    ...headOf(at === 0 ? 0x02 : at === 15 ? 0x80 : 0x00, sixteenth),
    ...new Uint8Array(sixteenth).fill(at),
  ]);
  let [isClosed, written] = [false, 0];
  const { host, name } = await deaf(new Uint8Array(pieces.flat()), async (socket) => {
    socket.setNoDelay(true);
    socket.write(headOf(0x82, limits.messageBytesMax));
    for (; !isClosed && written < 3_000; written++) {
      socket.write(new Uint8Array(1));
      await Bun.sleep(1);
    }
    socket.destroy();
  });
  const heard: Uint8Array[] = [];
  await new Promise<void>((resolve) => {
    const closed = () => {
      isClosed = true;
      resolve();
    };
    void dialler({ loopback: true }).dial(name, "/peer", false, {
      receive: (message) => void heard.push(message),
      closed,
    });
  });
  expect(heard).toEqual([Uint8Array.from({ length: limits.messageBytesMax }, (_, at) => Math.floor(at / sixteenth))]);
  expect([written > 16, written < 3_000]).toEqual([true, true]);
  host.close();
}, 30_000);

test("[PE96] of a line that this side ended no socket is left, whether or not the other side closes it too", async () => {
  const { host, name } = await deaf();
  const { dial } = dialler({ loopback: true, closingMsMax: 50 });
  const closed: string[] = [];
  const wire = await dial(name, "/peer", false, { receive: () => undefined, closed: () => void closed.push(name) });
  wire?.close();
  await until(() => closed.length > 0, 3_000);
  expect(closed).toEqual([name]);
  host.close();
});

test("[PE97] a line that was called ends by pings, or pongs, that come by the hundred in one turn", async () => {
  for (const [frame, count] of [
    [0x89, 1_000],
    [0x8a, 1_000],
    [0x89, 16],
  ] as const) {
    const { host, name } = await deaf(new Uint8Array(2 * count).map((_, at) => (at % 2 === 0 ? frame : 0)));
    let isClosed = false;
    const closed = () => {
      isClosed = true;
    };
    const wire = await dialler({ loopback: true }).dial(name, "/peer", false, { receive: () => undefined, closed });
    await Bun.sleep(200);
    expect([frame, count, isClosed]).toEqual([frame, count, count > 16]);
    wire?.close();
    host.close();
  }
});

test("[PE4] [PE60] federation is off unless asked for, over either database", () => {
  expect(readOptions([], {}).federation).toBeUndefined();
  expect(readOptions(["--federation", "off"], {}).federation).toBeUndefined();
  expect(readOptions(["--federation", "listed"], {}).federation).toEqual({ mode: "listed", isLoopback: false });
  expect(readOptions([], { YANSHU_FEDERATION: "open" }).federation).toMatchObject({ mode: "open" });
  expect(() => readOptions(["--federation", "all"], {})).toThrow("must be off, listed or open");
  expect(readOptions(["--federation", "open", "--log", "postgres://u@h/d"], {}).federation).toMatchObject({
    mode: "open",
  });
});

test("[PE12] [PE20] two servers with real sockets between them, and their operator's commands beside them and without them", async () => {
  const begun = async (name: string) => {
    const data = join(folder, name);
    const started = start("--port", "0", "--data", data, "--federation", "listed", "--peer-insecure-loopback", "yes");
    return { data, started, name: `localhost:${await portOf(started)}` };
  };
  const [one, other] = [await begun("one"), await begun("other")];
  const ran = async (at: { readonly data: string }, ...words: readonly string[]) => {
    const { output, ended } = start("peers", ...words, "--data", at.data);
    await ended;
    return output();
  };
  expect(await ran(one, "try", other.name)).toContain(`no line to ${other.name}: one of the two does not allow`);
  expect(await ran(one, "allow", other.name)).toContain(`${other.name} may speak with this server`);
  expect(await askControl(other.data, "peers-allow", { name: one.name })).toMatchObject({ ok: true });
  expect(await ran(one, "try", other.name)).toBe(`A line to ${other.name} is open.\n`);
  const told = JSON.parse(await ran(other, "list", "--json")) as object[];
  expect(told).toEqual([
    {
      name: one.name,
      policy: "allowed",
      key: expect.stringMatching(/^[0-9a-f]{16}$/),
      since: expect.any(String),
      state: "open",
      waiting: 0,
      waitingBytes: 0,
    },
  ]);
  const says = async (act: string, name: string) => askControl(other.data, act, { name });
  expect(await says("peers-trust", "far.example")).toMatchObject({
    ok: false,
    why: expect.stringContaining("not met"),
  });
  expect(await says("peers-allow", "No Name")).toMatchObject({ ok: false, why: expect.stringContaining("its name") });
  // A gate at one, Bob at the other: what is posted comes by the line, in more than one of its windows.
  const [bob, address] = [new Person("bob"), new Uint8Array(16).fill(9)];
  await settle(Number(other.name.split(":")[1]), bob, other.data, address);
  const phone = new Socket(Number(other.name.split(":")[1]));
  await phone.signIn(bob, 1);
  const caller = new Socket(Number(one.name.split(":")[1]));
  await caller.open();
  const group = new Group("two processes");
  const { hash, refused } = await caller.call("uploadFarList", { entries: [{ server: other.name, address }] });
  expect(refused).toEqual([]);
  group.list = hash;
  const words = ["welcome", ...Array.from({ length: 120 }, (_, i) => `${i} ${"x".repeat(12_000)}`), "end"];
  const posted = words.map((word, i) => {
    const parts = group.parts(word);
    const header = i === 0 ? group.create(parts) : group.application();
    group.epoch = 1;
    return caller.post(header, parts);
  });
  for (const answer of await Promise.all(posted)) expect(answer.type).toBe("ok");
  await until(() => phone.reads.length >= words.length || phone.acknowledge() || undefined);
  expect(phone.reads).toEqual(words);
  expect(phone.frames.find((frame) => frame.type === "push")).toMatchObject({ push: { server: one.name } });
  for (const { socket } of [phone, caller]) socket.close();
  const ending = async ({ child, ended }: ReturnType<typeof start>) => {
    child.kill("SIGINT");
    await ended;
  };
  await ending(one.started);
  await until(async () => JSON.stringify(await says("peers-list", "")).includes("away"));
  // Without a server the folder is read, and written.
  expect(await ran(one, "deny", other.name)).toContain("may not speak");
  expect(await ran(one, "list")).toContain("denied");
  expect(await ran(one, "try", other.name)).toContain("speaks with no other");
  await ending(other.started);
}, 60_000);
