/** Two people at terminals, each at a real server of their own, which speak with each other (docs/spec/peers.md). */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { TestServer } from "./testkit/server.ts";
import { befriendAnnAndBen, Terminal } from "./testkit/terminal.ts";

setDefaultTimeout(90_000);
const federated = ["--federation", "open", "--peer-insecure-loopback", "yes"];
const [north, south] = [new TestServer(...federated), new TestServer(...federated)];
const [ann, ben] = [new Terminal(), new Terminal()];

beforeAll(() => Promise.all([north.start(), south.start()]));
afterAll(async () => {
  for (const terminal of [ann, ben]) terminal.remove();
  await Promise.all([north.remove(), south.remove()]);
});

test("[PE51] [PE54] [MO76] [TE6] two people of two homes write and share Moments from their terminals, and are told whose server does not answer", async () => {
  await befriendAnnAndBen(ann, ben, north.invite, south.invite);
  await ben.says("send", "Ann", "from the south");
  await ann.saysAtLast("from the south", "read", "Ben");
  await ann.says("send", "Ben", "from the north");
  await ben.saysAtLast("from the north", "read", "Ann");
  // Each reads the other's Moments at the other's home.
  await ann.says("moments", "post", "snow in the north");
  expect(await ben.saysAtLast("snow in the north", "moments")).toContain("Ann: snow in the north");
  await ben.says("moments", "comment", "1", "none here");
  expect(await ann.saysAtLast("none here", "moments")).toContain("Ben: none here");
  // The south is away: what is said waits at home, and the terminal says why.
  await south.kill();
  type Sent = { readonly unreached?: readonly { readonly server: string; readonly state: string }[] };
  let told: Sent["unreached"];
  for (let tries = 0; tries < 10 && told === undefined; tries++)
    told = (await ann.value<Sent>("send", "Ben", `waits ${tries}`)).unreached;
  expect(told).toMatchObject([{ server: south.name, state: "away" }]);
  expect(await ann.says("moments")).toContain(`${south.name} does not answer: new posts of friends there come later`);
  await south.start();
  await ben.saysAtLast("waits 0", "read", "Ann");
});
