/**
 * Calls: how soon another device rings, how soon two hear each other once it is answered, and what the relay hands on,
 * with coturn beside it where Debian's is installed.
 */
import { join } from "node:path";
import { type Bot, type Incoming, openBot } from "@yanshu/cli";
import { bunParts } from "@yanshu/cli/bun";
import type { CallsView } from "@yanshu/client";
import { encodeLink, fromHex } from "@yanshu/wire";
import { answersTake, networksChange, type Step } from "../browser/answering.ts";
import { textBytes } from "../envelope.ts";
import { withFolder } from "../folder.ts";
import { watchLive } from "../load/live.ts";
import { channelData, type TurnAccess, TurnSeat } from "../load/turn-seat.ts";
import { runLoad } from "../load.ts";
import { freePort } from "../ports.ts";
import { cpuSeconds } from "../process.ts";
import { middle, percentile, type Row, row } from "../rows.ts";
import { type RunningServer, withServerOn } from "../server.ts";
import { type Conditions, type Scenario, unlessQuick } from "./scenario.ts";

/** Each pair is a room of two. Pictures are cut into packets of about this size. */
const packetBytes = 1_100;
const packetsAtOnce = 8;
/** So many on the way at most: more would only be dropped by the system. */
const onTheWayMax = 2_000;
/**
 * A seat sends its next packets after so long, and not sooner: 466 kB a second, of the 500 kB that the relay takes of a
 * leg (CA13). What is above that it reads and drops, so that its time would be spent on what is handed on to nobody.
 */
const burstMs = 20;
const startMsMax = 10_000;
const stepMsMax = 30_000;
const trafficMsMax = 120_000;
/** After it a device has the upload tokens that it draws at sign-in: a call spends one. */
const stockMs = 6_000;

export const calls: Scenario = {
  name: "calls",
  about:
    "two devices of two people on a server as it is shipped, of which one calls the other 30 times, which is what upload tokens drawn at sign-in suffice for, after a first call that begins the relay's thread; two Chromiums with the real app and a whistling microphone, of which one calls the other 20 times, until each hears the other, and twice more over a network that loses 20 % with 80 ms there and back, with the app's means against it and without; 16 seats of one group's call through relay and media, each sending 390 kbit/s of picture and a voice and taking 9 and 15; the relay in a process of its own: 150 rooms of two seats on loopback send each other packets of 1,100 bytes, eight each 20 ms or as fast as they come, which is below what the relay takes of a leg, at first uncounted; and the same load on Debian's coturn with one thread, where it is installed; 200 messages a second between 200 devices in pairs, on a server with nothing else and with a group's call of 16 seats, in turn three times, of which the middle counts: the call's devices are another process that gives way; one shows a Live of 1 Mbit/s in pieces of 0.6 s to 300 who watch over bare sockets, with --call-megabits 1000",

  promises: [
    "calls: tap to ringing at the other, p95",
    "calls: answer to sound on both sides, p95",
    "calls: 20 % loss, voice that is made up",
    "calls: relay, packets handed on per CPU-second",
    "group call of 16: forwards per CPU-second of the media",
    "group call of 16, who sees all: share of a core, relay and media",
    "group call of 16: packets that came",
    "pair: p99 beside a group call of 16, to the same without",
    "Live to 300: share of a core",
    "Live to 300: tap to the first piece, p95",
    "Live to 300: a piece shown to the same piece there, p95",
  ],

  run: async (conditions) => {
    const [firstMs, ...ringMs] = await orNothing([], () =>
      withFolder((folder) =>
        withServerOn(folder, "asShipped", (server) => rings(server, folder, conditions.quick ? 2 : 30)),
      ),
    );
    const nothing = { own: Number.NaN, plain: Number.NaN };
    const { soundMs, madeUp } = await orNothing({ soundMs: [], steps: [], madeUp: nothing }, () =>
      answersTake(conditions.quick ? 2 : 20, conditions.quick ? "moment" : "whole"),
    );
    const live = await ofLive(conditions);
    const ofRelay = await relays(conditions);
    const group = await ofGroup(conditions);
    const pair = await ofPair(conditions);
    return [
      row("calls: tap to ringing at the other, p50", middle(ringMs), "ms"),
      row(
        "calls: tap to ringing at the other, p95",
        percentile(ringMs, 0.95),
        "ms",
        unlessQuick(conditions, { atMost: 300 }),
      ),
      row("calls: tap to ringing at the other, first call of a server", firstMs ?? Number.NaN, "ms"),
      ...answered(conditions, soundMs),
      ...ofRelay.slice(0, 3),
      row(
        "calls: 20 % loss, voice that is made up",
        madeUp.own * 100,
        "%",
        unlessQuick(conditions, { atMost: 6 }),
        Number.isFinite(madeUp.plain) ? madeUp.plain * 100 : undefined,
      ),
      ...group,
      ...live,
      ...pair,
      ...ofRelay.slice(3),
    ];
  },
};

export const callsAnswer: Scenario = {
  name: "calls-answer",
  about:
    "of `calls` the two Chromiums alone, of which one calls the other 28 times, until each hears the other; what each call took is printed",
  isPart: true,
  promises: ["calls: answer to sound on both sides, p95"],
  run: async (conditions) => {
    const { soundMs, steps } = await answersTake(conditions.quick ? 2 : 28, "not");
    tell(soundMs, steps);
    return answered(conditions, soundMs);
  },
};

export const callsBack: Scenario = {
  name: "calls-back",
  about:
    "two Chromiums with the real app, of which one calls the other 12 times through the relay; in each call both are in another network from one moment on: from and to the addresses that they had nothing comes through any more, and no page is told; what each change took is printed",
  promises: ["calls: the network changed, until voice comes again on both sides, p95"],
  run: async (conditions) => {
    const changes = await networksChange(conditions.quick ? 1 : 12);
    const tookMs = changes.map(({ backMs }) => backMs);
    tell(
      tookMs,
      changes.map(({ steps }) => steps),
    );
    const name = "calls: the network changed, until voice comes again on both sides";
    return [
      row(`${name}, p50`, middle(tookMs), "ms"),
      row(`${name}, p95`, percentile(tookMs, 0.95), "ms", unlessQuick(conditions, { atMost: 2_000 })),
    ];
  },
};

export const callsGroup: Scenario = {
  name: "calls-group",
  about: "of `calls` the 16 seats of one group's call",
  isPart: true,
  promises: [
    "group call of 16: forwards per CPU-second of the media",
    "group call of 16, who sees all: share of a core, relay and media",
  ],
  run: ofGroup,
};

export const callsLive: Scenario = {
  name: "calls-live",
  about: "of `calls` the Live of 1 Mbit/s to 300",
  isPart: true,
  promises: ["Live to 300: share of a core", "Live to 300: tap to the first piece, p95"],
  run: ofLive,
};

export const callsPair: Scenario = {
  name: "calls-pair",
  about: "of `calls` the 200 messages a second, with a group's call of 16 beside them and without, in turn three times",
  isPart: true,
  promises: ["pair: p99 beside a group call of 16, to the same without"],
  run: ofPair,
};

export const callsRelay: Scenario = {
  name: "calls-relay",
  about: "of `calls` the relay alone, in a process of its own, and the same load on coturn",
  isPart: true,
  promises: ["calls: relay, packets handed on per CPU-second"],
  run: relays,
};

async function ofLive(conditions: Conditions): Promise<readonly Row[]> {
  const unseen = { share: Number.NaN, arrived: Number.NaN, firstMs: [], lateMs: [] };
  const size = conditions.quick ? { watchers: 10, pieces: 3 } : { watchers: 300, pieces: 50 };
  const { share, arrived, firstMs, lateMs } = await orNothing(unseen, () => lives(size));
  const goal = unlessQuick(conditions, { atMost: 2_000 });
  return [
    row("Live to 300: share of a core", share * 100, "%", unlessQuick(conditions, { atMost: 10 })),
    row("Live to 300: tap to the first piece, p95", percentile(firstMs, 0.95), "ms", goal),
    row("Live to 300: a piece shown to the same piece there, p95", percentile(lateMs, 0.95), "ms", goal),
    row("Live to 300: pieces that came", arrived * 100, "%"),
  ];
}

async function ofGroup(conditions: Conditions): Promise<readonly Row[]> {
  const unknown = { perCpuSecond: Number.NaN, share: Number.NaN, arrived: Number.NaN };
  const group = await orNothing(unknown, () => (conditions.quick ? together(3, 1) : together(16, 8)));
  return [
    row(
      "group call of 16: forwards per CPU-second of the media",
      group.perCpuSecond,
      "packets/CPU-s",
      unlessQuick(conditions, { atLeast: 60_000 }),
    ),
    row(
      "group call of 16, who sees all: share of a core, relay and media",
      group.share * 100,
      "%",
      unlessQuick(conditions, { atMost: 60 }),
    ),
    row("group call of 16: packets that came", group.arrived * 100, "%", unlessQuick(conditions, { atLeast: 95 })),
  ];
}

async function ofPair(conditions: Conditions): Promise<readonly Row[]> {
  const none = Number.NaN;
  const unmeasured = { aloneMs: none, besideMs: none, aloneMain: none, besideMain: none, arrived: none };
  const pair = await orNothing(unmeasured, () => beside(conditions.quick));
  return [
    row(
      "pair: p99 beside a group call of 16, to the same without",
      pair.besideMs / pair.aloneMs,
      "×",
      unlessQuick(conditions, { atMost: 1.2 }),
    ),
    row("pair: delivered beside a group call of 16, p99", pair.besideMs, "ms", undefined, pair.aloneMs),
    row("pair: the server's first thread beside it, share of a core", pair.besideMain * 100, "%"),
    row("pair: the server's first thread without it, share of a core", pair.aloneMain * 100, "%"),
    row("pair: packets of that call that came", pair.arrived * 100, "%"),
  ];
}

/** Prints of each call when what happened, and then the same of all. */
function tell(tookMs: readonly number[], steps: readonly (readonly Step[])[]): void {
  for (const [n, told] of steps.entries())
    console.log(`${tookMs[n]?.toFixed(0)} ms: ${told.map(({ name, ms }) => `${name} ${ms.toFixed(0)}`).join(", ")}`);
  for (const name of new Set(steps.flat().map((one) => one.name))) {
    const all = steps.flatMap((of) => of.find((one) => one.name === name)?.ms ?? []);
    console.log(`${name}: ${all.length}×, p50 ${middle(all).toFixed(0)}, p95 ${percentile(all, 0.95).toFixed(0)} ms`);
  }
}

function answered(conditions: Conditions, soundMs: readonly number[]): readonly Row[] {
  const goal = unlessQuick(conditions, { atMost: 150 });
  return [
    row("calls: answer to sound on both sides, p50", middle(soundMs), "ms"),
    row("calls: answer to sound on both sides, p95", percentile(soundMs, 0.95), "ms", goal),
  ];
}

/** Three rows of ours; one of coturn, where it is installed. */
async function relays(conditions: Conditions): Promise<readonly Row[]> {
  const [pairs, ms] = conditions.quick ? [2, 300] : [150, 5_000];
  const unflooded = { perCpuSecond: Number.NaN, perSecond: Number.NaN };
  const own = await orNothing(unflooded, () => withRelay((relay) => flood(relay, pairs, ms)));
  const program = Bun.which("turnserver");
  const other = await orNothing(undefined, async () =>
    program === null ? undefined : await withCoturn(program, (relay) => flood(relay, pairs, ms)),
  );
  const goal = unlessQuick(conditions, { atLeast: 150_000 });
  const name = "packets handed on per CPU-second";
  const rows = [
    row(`calls: relay, ${name}`, own.perCpuSecond, "packets/CPU-s", goal, other?.perCpuSecond),
    row("calls: relay, packets a second", own.perSecond, "packets/s"),
    row("calls: relay, bits per CPU-second", (own.perCpuSecond * packetBytes * 8) / 1e6, "Mbit/CPU-s"),
  ];
  if (other === undefined) return rows;
  return [...rows, row(`calls: coturn, ${name}`, other.perCpuSecond, "packets/CPU-s")];
}

/**
 * A part that fails is told, and leaves its rows without a figure, which is none that passes: the others are measured.
 */
async function orNothing<T>(nothing: T, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    console.error("a part of the calls could not be measured:", error);
    return nothing;
  }
}

type Counts = Record<"received" | "due", number>;

/**
 * Two hundred messages a second between 200 devices in pairs, on a server as it is shipped but for what it takes of
 * one place: with nothing else, and with a group's call of 16 on the same server, in turn.
 */
async function beside(isQuick: boolean) {
  const times = isQuick ? 1 : 3;
  const alone: Steady[] = [];
  const beside: Steady[] = [];
  let [received, due] = [0, 0];
  for (let time = 0; time < times; time++) {
    alone.push(await onServer((server) => steadyPairs(server, isQuick)));
    const took = await onServer((server) =>
      withCall(server, isQuick ? 3 : 16, async (counts) => {
        const before = counts();
        const steady = await steadyPairs(server, isQuick);
        received += counts().received - before.received;
        due += counts().due - before.due;
        return steady;
      }),
    );
    beside.push(took);
  }
  const of = (all: readonly Steady[], name: keyof Steady) => middle(all.map((one) => one[name]));
  return {
    aloneMs: of(alone, "p99Ms"),
    besideMs: of(beside, "p99Ms"),
    aloneMain: of(alone, "mainShare"),
    besideMain: of(beside, "mainShare"),
    arrived: received / due,
  };
}

function onServer<T>(work: (server: RunningServer) => Promise<T>): Promise<T> {
  const ofPlace = ["--posts-per-place", "--sockets-per-place", "--member-sockets-per-place"];
  const limits = [...ofPlace, "--posts-per-list", "--posts-per-address", "--standing-registrations"];
  const options = ["--call-megabits", "1000", ...limits.flatMap((name) => [name, "1000000"])];
  return withFolder((folder) => withServerOn(folder, "asShipped", work, { options }));
}

/**
 * Milliseconds from when a message was due until both have it, p99; and what the server's first thread took of a core.
 */
type Steady = { readonly p99Ms: number; readonly mainShare: number };
async function steadyPairs({ stop: _, ...server }: RunningServer, isQuick: boolean): Promise<Steady> {
  const { deliverP99Ms, mainCpuSeconds, seconds, faults } = await runLoad(
    {
      kind: "traffic",
      server,
      groups: isQuick ? 4 : 100,
      membersPerGroup: 2,
      sendersPerGroup: 2,
      inFlightPerSender: 0,
      postsPerSecond: 200,
      envelopeBytes: textBytes,
      warmUpMs: isQuick ? 100 : 3_000,
      measureMs: isQuick ? 500 : 10_000,
    },
    trafficMsMax,
  );
  if (Object.values(faults).some((count) => count > 0)) throw new Error("a message was lost, refused or repeated");
  return { p99Ms: deliverP99Ms, mainShare: mainCpuSeconds / seconds };
}

/** @param work is given what came so far of the call's packets, and what was due to come. */
async function withCall<T>(
  { stop: _, ...server }: RunningServer,
  seats: number,
  work: (counts: () => Counts) => Promise<T>,
) {
  const file = join(import.meta.dirname, "../load/server-seats.ts");
  const child = Bun.spawn([process.execPath, file, JSON.stringify(server), `${seats}`], {
    stdin: "pipe",
    stdout: "pipe",
    stderr: "inherit",
  });
  let latest: Counts | undefined;
  const began = Promise.withResolvers<void>();
  const reading = (async () => {
    for await (const line of linesOf(child.stdout)) {
      latest = JSON.parse(line) as Counts;
      began.resolve();
    }
    began.reject(new Error("the seats of the call ended early"));
  })();
  try {
    await began.promise;
    return await work(() => latest ?? { received: 0, due: 0 });
  } finally {
    child.kill();
    await child.exited;
    await reading;
  }
}

type Told = Counts & Record<"relay" | "media" | "ms", number>;

/**
 * One group's call, as the app makes it: each of its seats sends a voice and a picture over the relay to what forwards
 * media, and takes 15 voices and 9 pictures.
 */
async function together(seats: number, seconds: number) {
  const file = join(import.meta.dirname, "../load/media-seats.ts");
  const child = Bun.spawn([process.execPath, file, `${seats}`, `${seconds}`], { stdout: "pipe", stderr: "inherit" });
  try {
    const lines = linesOf(child.stdout);
    const next = async () => JSON.parse((await lines.next()).value ?? "{}") as Told;
    const [before, after] = [await next(), await next()];
    const took = (name: keyof Told) => after[name] - before[name];
    const cpu = took("relay") + took("media");
    return {
      perCpuSecond: took("received") / took("media"),
      share: cpu / (took("ms") / 1_000),
      arrived: took("received") / took("due"),
    };
  } finally {
    child.kill();
    await child.exited;
  }
}

/** One shows, many watch: on a server as it is shipped, with room on its line. */
function lives(size: { readonly watchers: number; readonly pieces: number }) {
  const load = { ...size, bitsPerSecond: 1_000_000, pieceMs: 600 };
  return withFolder((folder) =>
    withServerOn(folder, "asShipped", (server) => watchLive(server, folder, load), {
      options: ["--call-megabits", "1000"],
    }),
  );
}

/**
 * Two devices of two people on a server as it is shipped: one calls, until the other rings; then it hangs up.
 * @param times after the first. Milliseconds, the first call's at first.
 */
async function rings(server: RunningServer, folder: string, times: number): Promise<readonly number[]> {
  const home = new URL(server.url.replace(/^ws/, "http"));
  const token = fromHex(server.registrationToken);
  const link = encodeLink(home.origin, { kind: "invite", link: { server: `localhost:${home.port}`, token } });
  const greeted = Promise.withResolvers<string>();
  const hears = ({ chat }: Incoming) => {
    greeted.resolve(chat);
    return undefined;
  };
  const ann = await openBot({ ...bunParts, folder: join(folder, "ann"), link, name: "Ann" }, hears);
  const ben = await openBot({ ...bunParts, folder: join(folder, "ben"), link, name: "Ben" }, () => undefined);
  try {
    await ben.api.requestContact({ link: ann.link, greeting: "hello", scanned: false });
    const chat = await greeted.promise;
    const [annAt, benAt] = [following(ann), following(ben)];
    await annAt(({ areThere }) => areThere);
    await Bun.sleep(stockMs);
    const took: number[] = [];
    for (let time = 0; time <= times; time++) {
      const tappedMs = performance.now();
      await ann.api.startCall(chat, "voice", "bench");
      await benAt(({ now }) => now?.at === "ringing");
      took.push(performance.now() - tappedMs);
      await ann.api.hangUp();
      for (const at of [annAt, benAt]) await at(({ now }) => now === undefined);
    }
    return took;
  } finally {
    for (const one of [ann, ben]) await one.end();
  }
}

/** Resolves as soon as the view of calls is so. */
function following(bot: Bot): (holds: (view: CallsView) => boolean) => Promise<void> {
  let view: CallsView = { areThere: false };
  let looked: () => void = () => undefined;
  bot.subscribe("calls", [], (now) => {
    view = now;
    looked();
  });
  return (holds) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error("the call does not go on")), stepMsMax);
      looked = () => {
        if (!holds(view)) return;
        clearTimeout(timer);
        looked = () => undefined;
        resolve();
      };
      looked();
    });
}

type Running = {
  readonly pid: number;
  readonly access: (room: number, seat: number) => Promise<TurnAccess>;
};

async function flood(relay: Running, pairs: number, ms: number) {
  const seats: TurnSeat[] = [];
  try {
    for (let room = 0; room < pairs; room++) {
      // As many networks: the relay answers 20 strangers of one a second (CA63).
      const from = `127.${1 + (room >> 8)}.${room & 255}.1`;
      const one = await TurnSeat.take(await relay.access(room, 1), from);
      const other = await TurnSeat.take(await relay.access(room, 2), from);
      await one.bind(0x4000, other.relayed);
      await other.bind(0x4001, one.relayed);
      seats.push(one, other);
    }
    const packets = [0x4000, 0x4001].map((number) =>
      Array.from({ length: packetsAtOnce }, () => channelData(number, packetBytes)),
    );
    const received = () => seats.reduce((sum, seat) => sum + seat.received, 0);
    const dueMs = seats.map(() => 0);
    const runs = async (forMs: number) => {
      const [before, cpuBefore, startMs] = [received(), cpuSeconds(relay.pid), performance.now()];
      for (let sent = 0; performance.now() - startMs < forMs; ) {
        for (const [i, seat] of seats.entries()) {
          const nowMs = performance.now();
          if ((dueMs[i] ?? 0) > nowMs) continue;
          dueMs[i] = nowMs + burstMs;
          sent += seat.send(packets[i % 2] ?? []);
        }
        await new Promise((resolve) => setImmediate(resolve));
        // What the system dropped does not come any more.
        for (let last = -1; sent - (received() - before) > onTheWayMax && last !== received(); ) {
          last = received();
          await Bun.sleep(1);
        }
        sent = Math.min(sent, received() - before + onTheWayMax);
      }
      const seconds = (performance.now() - startMs) / 1_000;
      const handed = received() - before;
      return { perCpuSecond: handed / (cpuSeconds(relay.pid) - cpuBefore), perSecond: handed / seconds };
    };
    // A relay runs for months: what a program does at first alone, such as to compile what is used often, is over.
    await runs(ms / 2);
    return await runs(ms);
  } finally {
    for (const seat of seats) seat.close();
  }
}

async function withRelay<T>(work: (relay: Running) => Promise<T>): Promise<T> {
  const child = Bun.spawn([process.execPath, join(import.meta.dirname, "../relay-alone.ts")], {
    stdin: "pipe",
    stdout: "pipe",
    stderr: "inherit",
  });
  try {
    const lines = linesOf(child.stdout);
    const port = Number((await lines.next()).value);
    const access = async (room: number, seat: number) => {
      void child.stdin.write(`access ${room} ${seat}\n`);
      await child.stdin.flush();
      return { port, ...(JSON.parse((await lines.next()).value ?? "{}") as Omit<TurnAccess, "port">) };
    };
    return await work({ pid: child.pid, access });
  } finally {
    child.kill();
    await child.exited;
  }
}

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string, undefined> {
  let rest = "";
  for await (const chunk of stream.pipeThrough(new TextDecoderStream() as never) as unknown as AsyncIterable<string>) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  return undefined;
}

/** One thread, no log, no TLS; it may hand on to loopback, which it refuses by itself. */
async function withCoturn<T>(program: string, work: (relay: Running) => Promise<T>): Promise<T> {
  const port = freePort();
  const flags = ["-n", "-a", "-u", "bench:bench", "-r", "bench", "-L", "127.0.0.1", "-E", "127.0.0.1", "-m", "1"];
  flags.push(
    "--allow-loopback-peers",
    "--listening-port",
    `${port}`,
    "--no-tls",
    "--no-dtls",
    "--no-cli",
    "--log-file",
    "/dev/null",
  );
  const child = Bun.spawn([program, ...flags, "--pidfile", "/dev/null"], { stdout: "ignore", stderr: "ignore" });
  const access = async () => ({ port, username: "bench", credential: "bench" });
  try {
    for (const startMs = performance.now(); performance.now() - startMs < startMsMax; await Bun.sleep(100)) {
      const seat = await TurnSeat.take(await access(), "127.0.0.1").catch(() => undefined);
      seat?.close();
      if (seat !== undefined) return await work({ pid: child.pid, access });
    }
    throw new Error("coturn did not start");
  } finally {
    child.kill();
    await child.exited;
  }
}
