/** Two people at terminals, each at a real server of their own, which speak with each other (docs/spec/peers.md). */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { TestServer } from "./testkit/server.ts";
import { Terminal } from "./testkit/terminal.ts";

setDefaultTimeout(60_000);
const federated = ["--federation", "open", "--peer-insecure-loopback", "yes"];
const [north, south] = [new TestServer(...federated), new TestServer(...federated)];
const [ann, ben] = [new Terminal(), new Terminal()];

beforeAll(() => Promise.all([north.start(), south.start()]));
afterAll(async () => {
  for (const terminal of [ann, ben]) terminal.remove();
  await Promise.all([north.remove(), south.remove()]);
});

async function reads(reader: Terminal, chat: string, word: string): Promise<string> {
  for (let tries = 0; tries < 20; tries++) {
    const said = await reader.says("read", chat);
    if (said.includes(word)) return said;
  }
  throw new Error(`${word} did not come`);
}

test("[PE51] [PE54] [TE6] two people of two homes write from their terminals, and are told whose server does not answer", async () => {
  await ann.says("create", "--name", "Ann", north.invite);
  await ben.says("create", "--name", "Ben", south.invite);
  await ann.says("add", await ben.says("link"), "--greeting", "我是Ann");
  for (let tries = 0; !(await ben.says("requests")).includes("Ann"); tries++)
    if (tries > 20) throw new Error("Ann did not ask");
  await ben.says("accept", "Ann");
  await ben.says("send", "Ann", "from the south");
  await reads(ann, "Ben", "from the south");
  await ann.says("send", "Ben", "from the north");
  await reads(ben, "Ann", "from the north");
  // The south is away: what is said waits at home, and the terminal says why.
  await south.kill();
  type Sent = { readonly unreached?: readonly { readonly server: string; readonly state: string }[] };
  let told: Sent["unreached"];
  for (let tries = 0; tries < 10 && told === undefined; tries++)
    told = (await ann.value<Sent>("send", "Ben", `waits ${tries}`)).unreached;
  expect(told).toMatchObject([{ server: south.name, state: "away" }]);
  await south.start();
  await reads(ben, "Ann", "waits 0");
});
