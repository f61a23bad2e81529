/** What a program asks of the account that gave it, while it waits for its turn. */
import { expect, test } from "bun:test";
import { isFailure, publisherAsker } from "./asking-publisher.ts";

function asking() {
  const turns: (() => void)[] = [];
  const sent: string[] = [];
  const state = { isOpen: true, mayWrite: true, nowMs: 0, refusal: undefined as Error | undefined };
  const ask = publisherAsker({
    isOpen: () => state.isOpen,
    mayWrite: () => state.mayWrite,
    nowMs: () => state.nowMs,
    turn: () => new Promise((resolve) => turns.push(resolve)),
    isOffline: (error) => (error as Error).message === "offline",
    send: async (words, waitMs) => {
      sent.push(`${words} ${waitMs}`);
      if (state.refusal !== undefined) throw state.refusal;
      return `answer to ${words}`;
    },
  });
  return { ask, sent, state, next: () => turns.shift()?.() };
}

test("[PR57] what waits for its turn is not sent once the program was closed, the person said no, or its time is over", async () => {
  const { ask, sent, state, next } = asking();
  const [first, second, third, fourth] = [ask("1"), ask("2"), ask("3"), ask("4")];
  next();
  expect(await first).toEqual({ words: "answer to 1" });
  state.nowMs = 20_000;
  next();
  expect(await second).toEqual({ words: "answer to 2" });
  state.mayWrite = false;
  next();
  expect(await third).toEqual({ fail: "auth deny" });
  state.isOpen = false;
  next();
  expect(await fourth).toBeUndefined();
  Object.assign(state, { isOpen: true, mayWrite: true });
  const late = ask("5");
  state.nowMs = 80_000;
  next();
  expect(await late).toEqual({ fail: "timeout" });
  expect(sent).toEqual(["1 60000", "2 40000"]);
});

test("[PR57] what cannot be sent fails in WeChat's words, and so does what nobody answers", async () => {
  const { ask, state, next } = asking();
  state.refusal = new Error("offline");
  const away = ask("1");
  next();
  expect(await away).toEqual({ fail: "no network" });
  state.refusal = new Error("too-late");
  const slow = ask("2");
  next();
  expect(await slow).toEqual({ fail: "timeout" });
});

test("[PR57] of forty that wait for their turn none is lost, and the next one is refused at once", async () => {
  const ask = publisherAsker({
    isOpen: () => false,
    mayWrite: () => true,
    isOffline: () => false,
    send: async () => "",
    // A clock that stands: the first ten go at once, the others wait for good.
    nowMs: () => 0,
  });
  const first = Array.from({ length: 40 }, () => ask("?"));
  expect(await ask("one more")).toEqual({ fail: "timeout" });
  expect(await Promise.all(first.slice(0, 10))).toEqual(Array.from({ length: 10 }, () => undefined));
});

test("[PR58] a failure that the account says is known by its words", () => {
  expect(isFailure('{"fail":"clock differs"}', "clock differs")).toBe(true);
  for (const other of ['{"fail":"busy"}', "null", "clock differs", ""])
    expect(isFailure(other, "clock differs")).toBe(false);
});
