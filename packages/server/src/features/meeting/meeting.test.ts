/** The board of a meeting place: off unless the operator allows it, read by weeks, and shared among places. */
import { expect, test } from "bun:test";
import { meetingLimits, weekOf } from "@yanshu/wire";
import { dayMs } from "../../core/rate.ts";
import { provide, services } from "../../feature.ts";
import { Roads } from "../../testkit/peers.ts";
import { refusal } from "../../testkit/refusal.ts";
import { TestServer } from "../../testkit/test-server.ts";
import { meetingPort } from "./port.ts";
import { Shares } from "./shares.ts";

const filled = (value: number, length: number) => new Uint8Array(length).fill(value);
const slip = (n: number) => ({ tag: filled(n, 16), box: filled(n, 2_097) });
const { slipsMax } = meetingLimits;

type Client = Awaited<ReturnType<TestServer["client"]>>;
const weekAt = ({ clock }: TestServer) => weekOf(clock.nowMs());
const read = (home: TestServer, client: Client, page = 0) => client.call("readSlips", { week: weekAt(home), page });

/** So that no limit of one place is met. */
function clients(home: TestServer): () => Promise<Client> {
  let n = 0;
  return () => home.client(`10.0.${n++}.1`);
}

test("[HM80] home says which meeting places its operator named, to everybody, and none where none was", async () => {
  const named = new TestServer({
    between: (ports) => ({
      ...ports,
      provides: [...(ports.provides ?? []), provide(meetingPort, { places: ["meet.example"] })],
    }),
  });
  expect(await (await named.client()).call("meetingPlaces", {})).toEqual({ places: ["meet.example"] });
  expect(await (await new TestServer().client()).call("meetingPlaces", {})).toEqual({ places: [] });
});

test("[HM117] [HM118] home says which reserve its operator offers, and where it goes, to everybody, and nothing where nothing was named", async () => {
  const [link, next] = ["https://reserve.example/#i/AAAA", "https://next.example/#i/AAAA"];
  const named = new TestServer({
    between: (ports) => ({
      ...ports,
      provides: [...(ports.provides ?? []), provide(meetingPort, { places: [], reserve: link, next })],
    }),
  });
  expect(await (await named.client()).call("reserveOffered", {})).toEqual({ links: [link] });
  expect(await (await named.client()).call("homeMoves", {})).toEqual({ links: [next] });
  for (const call of ["reserveOffered", "homeMoves"] as const)
    expect(await (await new TestServer().client()).call(call, {})).toEqual({ links: [] });
});

test("[HM81] slips of a week are read in pages and in order, and one laid twice is one", async () => {
  const home = new TestServer({ config: { meetingSlips: 2_000 } });
  const client = await home.client("10.0.0.1");
  for (let n = 0; n < 2; n++) await client.call("putSlip", slip(1));
  for (let n = 2; n <= slipsMax + 2; n++) await client.call("putSlip", slip(n));
  const first = await read(home, client);
  expect(first.slips).toHaveLength(slipsMax);
  expect(first.slips[0]).toEqual(slip(1));
  expect((await read(home, client, 1)).slips).toEqual([slip(slipsMax + 1), slip(slipsMax + 2)]);
  expect((await read(home, client, 0xffff)).slips).toEqual([]);
  for (const week of [weekAt(home) - 1, weekAt(home) + 1, 0, 0xffff])
    expect((await client.call("readSlips", { week, page: 0 })).slips).toEqual([]);
});

test("[HM81] a full board refuses, and gives up only what lies there for more than a week", async () => {
  const home = new TestServer({ config: { meetingSlips: 16 } });
  const next = clients(home);
  const lay = async (n: number) => (await next()).call("putSlip", slip(n));
  for (let n = 1; n <= 16; n++) await lay(n);
  expect(await refusal(lay(17))).toBe("storage-full");
  const [week, later] = [weekAt(home), async (days: number) => passDays(home, days)];
  await later(7);
  expect(await refusal(lay(17))).toBe("storage-full");
  await later(7);
  await lay(17);
  await lay(18);
  const client = await next();
  expect((await client.call("readSlips", { week, page: 0 })).slips.map(({ tag }) => tag[0])).toEqual(
    Array.from({ length: 14 }, (_, n) => n + 3),
  );
  expect((await read(home, client)).slips).toEqual([slip(17), slip(18)]);
});

test("[HM81] a slip stays two weeks after its own, whatever is laid where there is room", async () => {
  const home = new TestServer({ config: { meetingSlips: 10 } });
  await (await home.client()).call("putSlip", slip(1));
  const week = weekAt(home);
  const left = async () => (await (await home.client()).call("readSlips", { week, page: 0 })).slips.length;
  await passDays(home, 14);
  await (await home.client()).call("putSlip", slip(2));
  expect(await left()).toBe(1);
  await passDays(home, 7);
  expect(await left()).toBe(0);
});

test("[HM81] a home that is no meeting place takes and shows none, and a signed-in device neither", async () => {
  const off = new TestServer();
  const client = await off.client();
  expect(await refusal(client.call("putSlip", slip(1)))).toBe("unavailable");
  expect(await refusal(read(off, client))).toBe("unavailable");
  const home = new TestServer({ config: { meetingSlips: 10 } });
  const ann = await (await home.person("ann")).phone.signIn(home);
  expect(await refusal(ann.call("putSlip", slip(1)))).toBe("signed-in-connection");
  expect(await refusal(read(home, ann as unknown as Client))).toBe("signed-in-connection");
});

test("[HM81] from one place come so many slips and reads an hour, and from another home as many reads as it has people", async () => {
  const config = { meetingSlips: 100, slipsPerHour: { prefix: 2 }, slipReadsPerHour: { prefix: 1, peer: 3 } };
  const home = new TestServer({ config });
  const client = await home.client("10.0.0.1");
  for (const n of [1, 2]) await client.call("putSlip", slip(n));
  expect(await refusal(client.call("putSlip", slip(3)))).toBe("rate-limited");
  await read(home, client);
  expect(await refusal(read(home, client))).toBe("rate-limited");
  await (await home.client("10.0.0.2")).call("putSlip", slip(3));
  const peer = await home.client("peer 1");
  for (let n = 0; n < 3; n++) await read(home, peer);
  expect(await refusal(read(home, peer))).toBe("rate-limited");
});

test("[HM81] one place has a sixteenth of the board, and others find room beside it", async () => {
  const home = new TestServer({ config: { meetingSlips: 64 } });
  const greedy = await home.client("10.0.0.1");
  // What was there already takes no share.
  for (const n of [1, 1, 1, 1, 1, 2, 3, 4]) await greedy.call("putSlip", slip(n));
  expect(await refusal(greedy.call("putSlip", slip(5)))).toBe("storage-full");
  await (await home.client("10.0.0.2")).call("putSlip", slip(5));
  await passDays(home, 14);
  expect(await refusal((await home.client("10.0.0.1")).call("putSlip", slip(6)))).toBe("storage-full");
  await passDays(home, 7);
  await (await home.client("10.0.0.1")).call("putSlip", slip(6));
});

test("[HM89] sixteen names of one network are one place, with who comes from there without a home; a name whose network is not known is a place", async () => {
  const networks = new Map(Array.from({ length: 16 }, (_, n) => [`a${n}.evil`, "10.0.0.1"]));
  const home = new TestServer({
    config: { meetingSlips: 64, slipReadsPerHour: { prefix: 100, peer: 3 } },
    between: (ports) => ({
      ...ports,
      provides: [...(ports.provides ?? []), provide(services.peerNetwork, (name) => networks.get(name))],
    }),
  });
  const lay = async (from: string, n: number) => (await home.client(from)).call("putSlip", slip(n));
  for (let n = 0; n < 3; n++) await lay(`peer a${n}.evil`, n);
  await lay("10.0.0.1", 3);
  for (let n = 4; n < 16; n++) expect(await refusal(lay(`peer a${n}.evil`, n))).toBe("storage-full");
  for (let n = 20; n < 24; n++) await lay("peer good.example", n);
  expect(await refusal(lay("peer good.example", 24))).toBe("storage-full");
  for (let n = 0; n < 3; n++) await read(home, await home.client(`peer a${n}.evil`));
  expect(await refusal(read(home, await home.client("peer a4.evil")))).toBe("rate-limited");
  await read(home, await home.client("peer good.example"));
});

test("[HM89] names whose network is not known have four sixteenths together, and of IPv6 a /48 is one place", async () => {
  const home = new TestServer({ config: { meetingSlips: 64 } });
  const lay = async (from: string, n: number) => (await home.client(from)).call("putSlip", slip(n));
  for (let n = 0; n < 16; n++) await lay(`peer a${n}.evil`, n);
  expect(await refusal(lay("peer a16.evil", 16))).toBe("storage-full");
  for (let n = 20; n < 24; n++) await lay(`2001:db8:1:${n}00`, n);
  expect(await refusal(lay("2001:db8:1:9900", 24))).toBe("storage-full");
  await lay("2001:db8:2:100", 24);
  await lay("10.0.0.1", 25);
});

test("[HM89] a home that called is a place by the network of its line while that is open; one that was called, or that the operator allowed, by its name", async () => {
  const [north, south, east] = ["north.example", "south.example", "east.example"] as const;
  const roads = new Roads();
  roads.home(north);
  roads.home(east);
  const home = roads.home(south, { config: { meetingSlips: 64 } });
  let n = 0;
  const lay = async (from: string) => (await home.client(from)).call("putSlip", slip(n++));
  const lays = async (from: string, times: number) => {
    for (let time = 0; time < times; time++) await lay(from);
  };
  await roads.do(north, "peers-try", { name: south });
  // Its share is that of who comes from there without a home.
  await lays(`peer ${north}`, 3);
  await lay(`place of ${north}`);
  for (const one of [`peer ${north}`, `place of ${north}`]) expect(await refusal(lay(one))).toBe("storage-full");
  await roads.do(south, "peers-allow", { name: north });
  await lays(`peer ${north}`, 4);
  expect(await refusal(lay(`peer ${north}`))).toBe("storage-full");
  // An address that was called proves nothing, and so does one of a line that is gone.
  await roads.do(south, "peers-try", { name: east });
  await lays(`peer ${east}`, 4);
  await lay(`place of ${east}`);
  const west = "west.example";
  roads.home(west);
  await roads.do(west, "peers-try", { name: south });
  await lays(`peer ${west}`, 4);
  expect(await refusal(lay(`peer ${west}`))).toBe("storage-full");
  roads.cut(west);
  await lays(`peer ${west}`, 4);
  expect(await refusal(lay(`peer ${west}`))).toBe("storage-full");
});

test("[HM81] a share that was given back can be taken again, and weeks that are over count no more", () => {
  const shares = new Shares(32);
  expect([1, 2, 3].map(() => shares.take("a", 10))).toEqual([true, true, false]);
  shares.giveBack("a", 10);
  expect([shares.take("a", 11), shares.take("a", 12), shares.take("b", 12)]).toEqual([true, false, true]);
  expect([shares.take("a", 13), shares.take("a", 13)]).toEqual([true, false]);
  shares.giveBack("b", 99);
  expect([1, 2, 3].every(() => shares.take(undefined, 13))).toBe(true);
});

/** The server believes a leap of the clock after a day (DS65). */
async function passDays(home: TestServer, days: number): Promise<void> {
  home.clock.jump((days - 1) * dayMs - 2 * 3_600_000);
  await home.clock.pass(26 * 3_600_000);
}
