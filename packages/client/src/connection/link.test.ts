import { expect, test } from "bun:test";
import {
  type CallArgs,
  decodeClientFrame,
  encodeError,
  encodeParts,
  encodePush,
  encodeResult,
  limits,
  type Push,
} from "@yanshu/wire";
import type { Ports, Socket, SocketEvents } from "../ports.ts";
import { openConnection } from "./connection.ts";
import { createLink } from "./link.ts";

const nothing = () => undefined;
/** Who has nothing to do with what a connection tells. */
const quiet = {
  signIn: async () => true,
  push: nothing,
  ready: nothing,
  gone: nothing,
  expired: nothing,
  family: nothing,
  changed: nothing,
  failed: nothing,
};

test("[ID15] what is asked while a connection is still opening is lost at once, and the socket is given nothing", async () => {
  const opened: SocketEvents[] = [];
  const given: Uint8Array[] = [];
  const timers = new Set<number>();
  const socket: Socket = { send: (frame) => given.push(frame), close: () => undefined };
  const ports = {
    connect: (_server: string, events: SocketEvents) => {
      opened.push(events);
      return socket;
    },
    after: (ms: number) => {
      timers.add(ms);
      return () => timers.delete(ms);
    },
    chance: () => 0,
  } as unknown as Ports;
  const link = createLink(ports, () => "yan.test", quiet);
  link.start();
  expect(await link.call("signed", "addresses", { add: [], remove: [] })).toEqual({ kind: "lost" });
  expect(given).toEqual([]);
  expect(timers.size).toBe(0); // Nothing waits for an answer that cannot come.
  for (const events of opened) events.open();
  expect(given.length).toBe(2); // Both greet.
  link.stop();
});

test("[HM1] a home of whose name no address can be made is not reached: nothing is thrown, nothing of it stays, and the others go on", async () => {
  const asked: string[] = [];
  let timers: (() => void)[] = [];
  const ports = {
    connect: (server: string) => {
      asked.push(server);
      if (server === ":::") throw new SyntaxError("no address");
      return { send: () => undefined, close: () => undefined };
    },
    after: (_ms: number, run: () => void) => {
      timers.push(run);
      return () => {
        timers = timers.filter((other) => other !== run);
      };
    },
    chance: () => 0,
  } as unknown as Ports;
  const link = createLink(ports, () => "yan.test", quiet);
  link.start();
  const errand = link.errand(":::");
  link.again();
  for (let step = 0; step < 500; step++) {
    const due = timers;
    timers = [];
    for (const run of due) run();
    await Promise.resolve();
  }
  expect(await errand).toBeUndefined();
  const before = asked.filter((server) => server === ":::").length;
  expect(before).toBeGreaterThan(0);
  link.again();
  expect(asked.filter((server) => server === ":::")).toHaveLength(before);
  expect(asked.filter((server) => server === "yan.test")).toHaveLength(2);
  expect(timers).toEqual([]);
  link.stop();
});

test("[SY3] a server that pours more than is stored is read no further, and what a device had not taken is forgotten", () => {
  const opened: SocketEvents[] = [];
  const closed: number[] = [];
  const ports = {
    connect: (_server: string, events: SocketEvents) => {
      const number = opened.push(events);
      return { send: () => undefined, close: () => closed.push(number) };
    },
    after: () => () => undefined,
    chance: () => 0,
  } as unknown as Ports;
  let [taken, gone] = [0, 0];
  const link = createLink(ports, () => "yan.test", { ...quiet, push: () => taken++, gone: () => gone++ });
  link.start();
  const signed = opened.findIndex((events) => {
    events.message(pushOf(1));
    return taken === 1;
  });
  for (let id = 2; id <= 20_000; id++) opened[signed]?.message(pushOf(id));
  expect(taken).toBe(16_384);
  expect([gone, closed]).toEqual([1, [signed + 1]]);
  link.stop();
});

test("[PE33] a push says which server passed it on; what home passed on names none", () => {
  const opened: SocketEvents[] = [];
  const ports = {
    connect: (_server: string, events: SocketEvents) => {
      opened.push(events);
      return { send: () => undefined, close: () => undefined };
    },
    after: () => () => undefined,
    chance: () => 0,
  } as unknown as Ports;
  const taken: Push[] = [];
  const link = createLink(ports, () => "yan.test", { ...quiet, push: (push) => taken.push(push) });
  link.start();
  const gate = new Uint8Array(32).fill(4);
  const target = { kind: "list", list: new Uint8Array(32) } as const;
  const said = { mode: "application", gate, epoch: 3, target, envelope: new Uint8Array(1) } as const;
  for (const events of opened) {
    events.message(encodePush({ id: 1, ...said }));
    events.message(encodePush({ id: 2, ...said, server: "north.example" }));
  }
  expect(taken.map((push) => [push.id, push.gate, push.server])).toEqual([
    [1, gate, undefined],
    [2, gate, "north.example"],
  ]);
  link.stop();
});

test("[SY53] a message after a quiet moment is acknowledged within a tenth of a second, those that follow one another once a second, and what is left at the end", () => {
  let nowMs = 1_000_000;
  let timers: { readonly atMs: number; readonly run: () => void }[] = [];
  let events: SocketEvents | undefined;
  const acks: { readonly atMs: number; readonly last: number }[] = [];
  const ports = {
    connect: (_server: string, given: SocketEvents) => {
      events = given;
      const send = (bytes: Uint8Array) => {
        const frame = decodeClientFrame(bytes);
        if (frame.type === "acks") acks.push({ atMs: nowMs - 1_000_000, last: frame.ranges.at(-1)?.last ?? 0 });
      };
      return { send, close: () => undefined };
    },
    nowMs: () => nowMs,
    after: (ms: number, run: () => void) => {
      const timer = { atMs: nowMs + ms, run };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    chance: () => 0,
  } as unknown as Ports;
  const connection = openConnection(ports, {
    ...quiet,
    server: () => "yan.test",
    mayOpen: () => true,
    opened: async () => true,
    push: ({ id }) => connection.stored(id),
  });
  connection.wake();
  const until = (endMs: number) => {
    for (;;) {
      const next = timers.toSorted((a, b) => a.atMs - b.atMs).find(({ atMs }) => atMs <= 1_000_000 + endMs);
      if (next === undefined) break;
      timers = timers.filter((timer) => timer !== next);
      nowMs = next.atMs;
      next.run();
    }
    nowMs = 1_000_000 + endMs;
  };
  for (let id = 1; id <= 12; id++) {
    events?.message(pushOf(id));
    until(id * 200);
  }
  expect(acks).toEqual([
    { atMs: 100, last: 1 },
    { atMs: 1_100, last: 6 },
    { atMs: 2_100, last: 11 },
  ]);
  until(5_000);
  events?.message(pushOf(13));
  until(5_050);
  expect(acks.at(-1)).toEqual({ atMs: 3_100, last: 12 });
  until(5_100);
  expect(acks.at(-1)).toEqual({ atMs: 5_100, last: 13 });
  events?.message(pushOf(14));
  connection.drop();
  expect(acks.at(-1)).toEqual({ atMs: 5_100, last: 14 });
  expect(acks).toHaveLength(6);
});

test("[DS82] who was sent elsewhere comes there after a random moment, and takes it for no fault; after a fault one waits longer each time", () => {
  const opened: SocketEvents[] = [];
  let due: { readonly ms: number; readonly run: () => void } | undefined;
  let chance = 0;
  const ports = {
    connect: (_server: string, events: SocketEvents) => {
      opened.push(events);
      return { send: () => undefined, close: () => undefined };
    },
    after: (ms: number, run: () => void) => {
      due = { ms, run };
      return () => undefined;
    },
    chance: () => chance,
  } as unknown as Ports;
  const connection = openConnection(ports, {
    ...quiet,
    server: () => "yan.test",
    mayOpen: () => true,
    opened: async () => true,
  });
  const closed = (reason: string, luck: number) => {
    chance = luck;
    opened.at(-1)?.closed(reason);
    const waited = due?.ms;
    due?.run();
    return waited;
  };
  connection.wake();
  expect([0, 0.5, 0.99, 0.25].map((luck) => closed("going", luck))).toEqual([0, 1_500, 2_970, 750]);
  expect(connection.failures()).toBe(0);
  expect([closed("", 0), closed("", 0), closed("silent", 0)]).toEqual([250, 500, 1_000]);
  expect(connection.failures()).toBe(3);
});

/** A connection to a server that takes large frames from who paid; what it was sent, in order. */
async function paying(tokensMax: number, answer: (request: number) => Uint8Array) {
  const sent: string[] = [];
  let [shown, spent] = [0, 0];
  let events: SocketEvents | undefined;
  const ports = {
    connect: (_server: string, made: SocketEvents) => {
      events = made;
      return {
        send: (bytes: Uint8Array) => {
          expect(bytes.length).toBeLessThanOrEqual(limits.messageBytesMax);
          const frame = decodeClientFrame(bytes);
          sent.push(frame.type === "call" ? frame.name : frame.type);
          if (frame.type !== "call") return;
          const hello = { version: 1, domain: "yan.test", incarnation: filled(16), nonce: filled(32), timeMs: 1 };
          const result = frame.name === "hello" ? encodeResult(frame.request, "hello", hello) : answer(frame.request);
          queueMicrotask(() => events?.message(result));
        },
        close: () => undefined,
      };
    },
    after: () => () => undefined,
    chance: () => 0,
  } as unknown as Ports;
  const connection = openConnection(ports, {
    ...quiet,
    server: () => "yan.test",
    mayOpen: () => true,
    opened: async () => true,
    payment: {
      token: async () => (shown++ < tokensMax ? { epoch: 1, input: filled(32), output: filled(64) } : undefined),
      spent: () => void spent++,
    },
  });
  connection.wake();
  events?.open();
  while (!connection.isReady()) await new Promise((resolve) => setTimeout(resolve, 1));
  const settled = () => new Promise((resolve) => setTimeout(resolve, 5));
  const target = { kind: "address" as const, address: filled(16) };
  const post = async (bytes: number) => {
    void connection.post({ mode: "deposit" }, encodeParts([{ target, envelope: filled(bytes) }]));
    await settled();
  };
  return { sent, post, call: connection.call, settled, spent: () => spent };
}

const filled = (bytes: number) => new Uint8Array(bytes).fill(3);

test("[WI23] the first large frame of a connection is paid with one token, those after it with none, and small ones cost nothing", async () => {
  const { sent, post, spent } = await paying(9, (request) => encodeResult(request, "pay", {}));
  await post(100);
  await post(20_000);
  await post(30_000);
  expect(sent).toEqual(["hello", "post", "pay", "begin", "more", "begin", "more"]);
  expect(spent()).toBe(1);
});

test("[WI23] [PE30] a list of 600 leaves at several servers is large, and is paid for", async () => {
  const { sent, call, settled, spent } = await paying(9, (request) => encodeResult(request, "pay", {}));
  const entries = Array.from({ length: 600 }, (_, at) => ({ server: `s${at % 9}.test`, address: filled(16) }));
  void call("uploadFarList", { entries: entries as CallArgs<"uploadFarList">["entries"] });
  await settled();
  expect(sent.slice(0, 3)).toEqual(["hello", "pay", "begin"]);
  expect(spent()).toBe(1);
});

test("[WI23] a token that is refused is not shown again, and where none is to be had, or asked for, the frame goes as it is", async () => {
  const refused = await paying(1, (request) => encodeError(request, "bad-token"));
  await refused.post(20_000);
  await refused.post(20_000);
  expect(refused.sent).toEqual(["hello", "pay", "begin", "more", "begin", "more"]);
  expect(refused.spent()).toBe(1);
  const free = await paying(9, (request) => encodeError(request, "unavailable"));
  await free.post(20_000);
  await free.post(20_000);
  expect(free.sent).toEqual(["hello", "pay", "begin", "more", "begin", "more"]);
  expect(free.spent()).toBe(0);
});

function pushOf(id: number): Uint8Array {
  const target = { kind: "address" as const, address: new Uint8Array(16) };
  return encodePush({ id, mode: "deposit", gate: undefined, epoch: 0, target, envelope: new Uint8Array(1) });
}

test("[HM68] [HM69] what has its gate at the home of before goes there, all else home, and once that home is gone all of it does", async () => {
  const said: string[] = [];
  let isGone = false;
  const hello = encodeHello();
  const ports = {
    connect: (server: string, events: SocketEvents) => {
      const socket: Socket = {
        send: (bytes) => {
          const frame = decodeClientFrame(bytes);
          if (frame.type === "call" && frame.name === "hello")
            queueMicrotask(() => events.message(hello(frame.request)));
          else said.push(`${server} ${frame.type === "call" ? frame.name : frame.type}`);
        },
        close: () => undefined,
      };
      queueMicrotask(() => events.open());
      return socket;
    },
    after: () => () => undefined,
    chance: () => 0,
  } as unknown as Ports;
  const before = {
    server: () => "old.test",
    isGone: () => isGone,
    mayTry: () => true,
    signIn: async () => true,
    push: nothing,
    gone: nothing,
    told: nothing,
    ready: nothing,
    changed: nothing,
  };
  const link = createLink(ports, () => "yan.test", { ...quiet, before });
  link.start();
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect([link.isReady("signed"), link.before.isReady()]).toEqual([true, true]);
  const [gate, token] = [new Uint8Array(32), new Uint8Array(16)];
  const header = { mode: "application", gate, epoch: 1, token } as const;
  const target = { kind: "address", address: new Uint8Array(16) } as const;
  const parts = encodeParts([{ target, envelope: new Uint8Array(300) }]);
  for (const at of ["old.test", undefined]) void link.post(header, parts, at);
  void link.ask("old.test", "blobTerms", {});
  isGone = true;
  expect([link.isBefore("old.test"), link.isBefore("yan.test")]).toEqual([false, false]);
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(said).toEqual(["old.test post", "yan.test post", "old.test blobTerms"]);
  link.stop();
});

/** What a home greets with. */
function encodeHello() {
  const greeting = {
    version: 1,
    domain: "yan.test",
    incarnation: new Uint8Array(16),
    nonce: new Uint8Array(32),
    timeMs: 0,
  };
  return (request: number) => encodeResult(request, "hello", greeting as never);
}
