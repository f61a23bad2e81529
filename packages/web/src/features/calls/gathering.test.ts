import { expect, test } from "bun:test";
import { type Gatherer, gathered } from "./gathering.ts";

/** A browser's connection, of which the test says what it finds and when. */
class Connection extends EventTarget {
  iceGatheringState = "new";
  localDescription: { sdp: string } | null = null;
  sets(ufrag: string) {
    return async () => {
      this.localDescription = { sdp: `v=0\r\na=ice-ufrag:${ufrag}\r\n` };
    };
  }
  is(state: string) {
    this.iceGatheringState = state;
    this.dispatchEvent(new Event("icegatheringstatechange"));
  }
  finds(type: string, usernameFragment: string, relayProtocol?: string) {
    const candidate = { type, usernameFragment, relayProtocol };
    this.dispatchEvent(Object.assign(new Event("icecandidate"), { candidate }));
  }
}

/** @returns what says whether a description was told yet, and the clock that passes for it. */
function telling(connection: Connection, ufrag: string) {
  const waits: { readonly work: () => void; readonly ms: number }[] = [];
  let isTold = false;
  const told = gathered(connection as unknown as Gatherer, connection.sets(ufrag), (work, ms) =>
    waits.push({ work, ms }),
  ).then(() => (isTold = true));
  const passes = (ms: number) => {
    for (const one of waits) if (one.ms === ms) one.work();
  };
  /** All that follows of itself has happened. */
  const isOut = async () => {
    await new Promise((resolve) => setImmediate(resolve));
    return isTold;
  };
  return { told, passes, isOut };
}

test("[CA232] a way that is made anew is told with the candidates found for it, though the browser still says that it found all", async () => {
  const connection = new Connection();
  const first = telling(connection, "one");
  expect(await first.isOut()).toBe(false);
  connection.is("gathering");
  connection.is("complete");
  await first.told;
  // The next generation is set while the state is that of the one before.
  const second = telling(connection, "two");
  expect(await second.isOut()).toBe(false);
  connection.is("gathering");
  connection.finds("host", "two");
  expect(await second.isOut()).toBe(false);
  connection.is("complete");
  await second.told;
});

test("[CA127] [CA232] a description goes 150 ms after the relay's candidate of its own generation, and after 1.5 s in any case", async () => {
  const connection = new Connection();
  const one = telling(connection, "one");
  connection.is("gathering");
  await one.isOut();
  connection.finds("relay", "of before");
  one.passes(150);
  expect(await one.isOut()).toBe(false);
  connection.finds("relay", "one");
  expect(await one.isOut()).toBe(false);
  one.passes(150);
  await one.told;
  const two = telling(connection, "two");
  await two.isOut();
  two.passes(1_500);
  await two.told;
});

test("[CA269] after a relay by UDP, which is the best of them, a description waits 50 ms, and after one by TCP 150", async () => {
  const connection = new Connection();
  const one = telling(connection, "one");
  connection.is("gathering");
  await one.isOut();
  connection.finds("relay", "one", "tcp");
  one.passes(50);
  expect(await one.isOut()).toBe(false);
  connection.finds("relay", "one", "udp");
  expect(await one.isOut()).toBe(false);
  one.passes(50);
  await one.told;
});

test("[CA127] what changes nothing about the way is told at once", async () => {
  const connection = new Connection();
  const first = telling(connection, "one");
  connection.is("gathering");
  connection.is("complete");
  await first.told;
  expect(await telling(connection, "one").isOut()).toBe(true);
});
