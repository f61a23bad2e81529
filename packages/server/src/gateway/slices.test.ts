/**
 * Slices: what comes at once is handled over many turns of the event loop. Turns are counted here, by a clock that the
 * work itself moves.
 */
import { expect, test } from "bun:test";
import { Inbox, Slices } from "./slices.ts";
import { Unsent } from "./unsent.ts";

/** A loop whose time passes by what is done in it. */
class Loop {
  nowMs = 0;
  /** How long each turn took. */
  readonly turns: number[] = [];
  readonly done: string[] = [];
  private next: (() => void)[] = [];
  readonly slices = new Slices({ nowMs: () => this.nowMs, soon: (work) => void this.next.push(work) });
  readonly room = new Unsent<Inbox>({ prefix: 100_000, all: 500_000 });
  readonly dropped: string[] = [];

  inbox(name: string, prefix: string | undefined) {
    const taken: { readonly text: string; readonly tookMs: number }[] = [];
    const receive = ([place = 0]: Uint8Array) => {
      const { text, tookMs } = taken[place] as (typeof taken)[number];
      this.nowMs += tookMs;
      this.done.push(text);
    };
    const inbox = new Inbox(prefix, this.slices, this.room, { receive, flooded: () => this.dropped.push(name) });
    const sends = (text: string, tookMs = 3, length = 20) => {
      const message = new Uint8Array(length);
      message[0] = taken.push({ text, tookMs }) - 1;
      // As the gateway has it.
      if (this.slices.hasTime()) receive(message);
      else inbox.add(message);
    };
    return { inbox, sends };
  }

  async turn(came: () => void = () => undefined): Promise<void> {
    const fromMs = this.nowMs;
    came();
    const next = this.next;
    this.next = [];
    for (const work of next) {
      work();
      await Promise.resolve();
    }
    this.turns.push(this.nowMs - fromMs);
  }

  async untilQuiet(): Promise<void> {
    while (this.next.length > 0) await this.turn();
  }
}

test("[DS170] of a thousand messages that come at once a turn handles those of a few milliseconds, in their order", async () => {
  const loop = new Loop();
  const { sends } = loop.inbox("flood", "203.0.113.9");
  await loop.turn(() => {
    for (let i = 0; i < 100; i++) sends(`${i}`);
  });
  await loop.untilQuiet();
  expect(loop.done).toEqual(Array.from({ length: 100 }, (_, i) => `${i}`));
  // The first turn begins with what comes, and ends with what it has time for.
  expect(Math.max(...loop.turns)).toBeLessThanOrEqual(2 * 9);
  expect(loop.turns.length).toBeGreaterThan(20);
});

test("[DS170] where there is time a message is handled at once, and a turn in which nothing came leaves no other", async () => {
  const loop = new Loop();
  const { sends } = loop.inbox("ann", "198.51.100.7");
  await loop.turn(() => {
    sends("hello");
    expect(loop.done).toEqual(["hello"]);
  });
  await loop.untilQuiet();
  expect(loop.turns.length).toBeLessThanOrEqual(2);
});

test("[DS170] [DS137] one message from elsewhere waits for one of each place's, not for all of a flood", async () => {
  const loop = new Loop();
  const floods = Array.from({ length: 4 }, (_, i) => loop.inbox(`flood ${i}`, `203.0.113.${i}`));
  const ann = loop.inbox("ann", undefined);
  await loop.turn(() => {
    for (const { sends } of floods) for (let i = 0; i < 50; i++) sends("flood");
    ann.sends("ann");
  });
  await loop.untilQuiet();
  expect(loop.done.indexOf("ann")).toBeLessThan(12);
  expect(loop.done.length).toBe(201);
});

test("[DS170] who sends more than there is room for loses the socket, and nobody else does", async () => {
  const loop = new Loop();
  const [flood, ann] = [loop.inbox("flood", "203.0.113.9"), loop.inbox("ann", "203.0.113.9")];
  await loop.turn(() => {
    for (let i = 0; i < 5; i++) ann.sends("ann", 3, 4_000);
    for (let i = 0; i < 50; i++) flood.sends("flood", 3, 10_000);
    ann.sends("ann", 3, 100);
  });
  expect(loop.dropped).toEqual(["flood"]);
  await loop.untilQuiet();
  expect(loop.done.filter((text) => text === "ann")).toHaveLength(6);
  expect(loop.done.filter((text) => text === "flood").length).toBeLessThan(8);
  expect(flood.inbox.unsent + ann.inbox.unsent).toBe(0);
});

test("[DS170] who has a thousand messages waiting and sends more is not read any further", async () => {
  const loop = new Loop();
  const flood = loop.inbox("flood", undefined);
  await loop.turn(() => {
    for (let i = 0; i < 2_000; i++) flood.sends("flood", 1, 1);
  });
  expect(loop.dropped).toEqual(["flood"]);
  await loop.untilQuiet();
  expect(loop.done.length).toBeLessThan(20);
});

test("[DS170] what a promise goes on with is one turn's last: of a hundred requests none shares a turn that is used up", async () => {
  const loop = new Loop();
  const answered: number[] = [];
  const ask = async (n: number) => {
    await loop.slices.turn("203.0.113.9");
    loop.nowMs += 5;
    answered.push(n);
  };
  await loop.turn(() => {
    for (let i = 0; i < 100; i++) void ask(i);
  });
  await loop.untilQuiet();
  expect(answered).toEqual(Array.from({ length: 100 }, (_, i) => i));
  expect(Math.max(...loop.turns)).toBeLessThanOrEqual(20);
});

test("[DS223] however much works in steps, a turn does one of them, and messages and requests come between", async () => {
  const loop = new Loop();
  const done: string[] = [];
  const long = async (name: string) => {
    for (let i = 0; i < 10; i++) {
      await loop.slices.step();
      loop.nowMs += 6;
      done.push(name);
    }
  };
  const ask = async () => {
    await loop.slices.turn("198.51.100.7");
    loop.nowMs += 3;
    done.push("request");
  };
  const { sends } = loop.inbox("flood", "203.0.113.9");
  await loop.turn(() => {
    for (const name of ["tokens", "entries", "counts", "switches", "draws"]) void long(name);
    for (let i = 0; i < 10; i++) sends("flood");
    for (let i = 0; i < 10; i++) void ask();
  });
  await loop.untilQuiet();
  expect(done).toHaveLength(60);
  // A slice that had begun, one thing more, and one step.
  expect(Math.max(...loop.turns)).toBeLessThanOrEqual(2 * 8 + 3 + 6);
  expect(done.indexOf("request")).toBeLessThan(3);
  expect(done.lastIndexOf("request")).toBeLessThan(25);
});

test("[DS244] of requests that come at once a turn answers those of a few milliseconds, in their order, and the rest later", async () => {
  const loop = new Loop();
  const answered: number[] = [];
  const ask = (n: number) =>
    loop.slices.request(
      "203.0.113.9",
      () => {
        loop.nowMs += 1;
        answered.push(n);
        return n;
      },
      () => -1,
    );
  const answers: (number | Promise<number>)[] = [];
  await loop.turn(() => {
    for (let n = 0; n < 100; n++) answers.push(ask(n));
  });
  await loop.untilQuiet();
  expect(answered).toEqual(Array.from({ length: 100 }, (_, n) => n));
  expect(await Promise.all(answers)).toEqual(answered);
  expect(Math.max(...loop.turns)).toBeLessThanOrEqual(2 * 8);
  expect(answers.filter((answer) => typeof answer === "number").length).toBeLessThanOrEqual(8);
});

test("[DS244] a request that fails rejects, and those after it are answered", async () => {
  const loop = new Loop();
  const ask = (work: () => string) => loop.slices.request("", work, () => "refused");
  const answers: (string | Promise<string>)[] = [];
  await loop.turn(() => {
    loop.slices.hasTime();
    loop.nowMs += 9; // What came before has used the turn up.
    const failing = ask(() => {
      throw new Error("a fault");
    });
    answers.push(Promise.resolve(failing).catch((error: Error) => error.message));
    answers.push(ask(() => "answered"));
  });
  await loop.untilQuiet();
  expect(await Promise.all(answers)).toEqual(["a fault", "answered"]);
});

test("[DS244] where too many requests wait the fullest place's newest is refused, and who comes from elsewhere is answered", async () => {
  const loop = new Loop();
  const counts = new Map<string, number>();
  const ask = (place: string) => {
    const count = (how: string) => () => void counts.set(`${place} ${how}`, (counts.get(`${place} ${how}`) ?? 0) + 1);
    return loop.slices.request(place, count("answered"), count("refused"));
  };
  await loop.turn(() => {
    loop.slices.hasTime();
    loop.nowMs += 9;
    for (let i = 0; i < 2_000; i++) for (const place of ["a", "b", "c", "d", "e"]) void ask(place);
    for (let i = 0; i < 3; i++) void ask("ann");
  });
  await loop.untilQuiet();
  expect(counts.get("ann answered")).toBe(3);
  expect(counts.get("ann refused")).toBeUndefined();
  const sum = (how: string) =>
    ["a", "b", "c", "d", "e"].reduce((all, one) => all + (counts.get(`${one} ${how}`) ?? 0), 0);
  expect(sum("answered")).toBe(4_096 - 3);
  expect(sum("refused")).toBe(10_000 - 4_096 + 3);
});

test("[DS244] a message waits for no request and for no long work, however many places these come from", async () => {
  const loop = new Loop();
  const done: string[] = [];
  const takes = (what: string, tookMs: number) => () => {
    loop.nowMs += tookMs;
    done.push(what);
  };
  const file = async (place: string) => {
    await loop.slices.turn(place);
    takes("file", 4)();
  };
  const ann = loop.inbox("ann", "198.51.100.7");
  await loop.turn(() => {
    for (let n = 0; n < 40; n++) void loop.slices.request(`203.0.113.${n}`, takes("request", 2), takes("refused", 0));
    for (let n = 0; n < 40; n++) void file(`203.0.113.${n}`);
    ann.sends("ann");
    expect(loop.done).toEqual([]);
  });
  // In the turn that follows, before all that came before it.
  expect(loop.done).toEqual(["ann"]);
  await loop.untilQuiet();
  expect(done.filter((what) => what === "request")).toHaveLength(40);
  expect(done.filter((what) => what === "file")).toHaveLength(40);
});

test("[DS245] room that a closed socket gave back is not taken again in the same turn, and few of each socket's are kept", async () => {
  const loop = new Loop();
  const sockets = Array.from({ length: 200 }, (_, n) => loop.inbox(`flood ${n}`, `203.0.113.${n % 16}`));
  const ann = loop.inbox("ann", "198.51.100.7");
  let [waited, wasOpen] = [0, 0];
  await loop.turn(() => {
    loop.slices.hasTime();
    loop.nowMs += 9;
    for (const [n, { sends, inbox }] of sockets.entries())
      for (let i = 0; i < 900 && !loop.dropped.includes(`flood ${n}`); i++) {
        const before = inbox.unsent;
        sends("flood", 0, 1);
        if (inbox.unsent > before) waited++;
      }
    wasOpen = sockets.length - loop.dropped.length;
    for (let i = 0; i < 5; i++) ann.sends("ann", 0, 1);
  });
  expect(waited).toBeLessThan(8_192 + 200 * 8);
  expect(wasOpen).toBeLessThan(20);
  await loop.untilQuiet();
  expect(loop.done.filter((text) => text === "ann")).toHaveLength(5);
});
