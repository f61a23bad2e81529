/** The second client and our own, over the real server: what the spec says is enough to be understood. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Bytes } from "./bytes.ts";
import { SecondClient } from "./client.ts";
import { callFrame, depositFrame, readFrame, type ServerFrame } from "./frames.ts";
import { readInvitation } from "./identity.ts";

let people = 0;
/** Of a busy machine; a hook's own is five seconds, whatever the tests have. */
const patienceMs = 180_000;
setDefaultTimeout(patienceMs);
const folder = mkdtempSync(join(tmpdir(), "yanshu-second-"));
const programs = join(import.meta.dir, "../..");
let server: Bun.Subprocess<"ignore", "pipe", "inherit">;
let invitation: string;

beforeAll(async () => {
  server = Bun.spawn(
    [process.execPath, join(programs, "server/src/main.ts"), "--port", "0", "--data", join(folder, "home")],
    {
      stdin: "ignore",
      stdout: "pipe",
      stderr: "inherit",
    },
  );
  let said = "";
  for await (const chunk of server.stdout.pipeThrough(new TextDecoderStream())) {
    said += chunk;
    const found = /^(http:\/\/[^/]+\/#i\/\S+)\n/m.exec(said)?.[1];
    if (found === undefined) continue;
    invitation = found;
    return;
  }
  throw new Error(`the server printed no invitation: ${said}`);
}, patienceMs);

afterAll(async () => {
  server.kill("SIGKILL");
  await server.exited;
  rmSync(folder, { recursive: true, force: true });
}, patienceMs);

/**
 * Runs our terminal client as somebody, and returns what it prints. A busy machine has a minute for what takes a
 * moment.
 */
async function yanshu(person: string, ...words: readonly string[]): Promise<string> {
  const ran = Bun.spawn([process.execPath, join(programs, "cli/src/main.ts"), ...words, "--wait", "60"], {
    env: { ...process.env, YANSHU_HOME: join(folder, person), LANG: "en_GB.UTF-8" },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err, code] = await Promise.all([
    new Response(ran.stdout).text(),
    new Response(ran.stderr).text(),
    ran.exited,
  ]);
  if (code !== 0) throw new Error(`yanshu ${words[0]}: ${err}`);
  return out;
}

/** Commands of one person, one after the other, until one prints what is waited for: pushes come when they come. */
async function printed(person: string, what: string, ...words: readonly string[]): Promise<void> {
  for (let tries = 0; tries < 20; tries++) if ((await yanshu(person, ...words)).includes(what)) return;
  throw new Error(`${person} does not read “${what}”`);
}

test.concurrent("[WI26] [WI33] a client that was written from the spec is greeted, joins a group, reads, and is read", async () => {
  people += 1; // Who tries once more begins with other people.
  const [ann, ben] = [`ann-${people}`, `ben-${people}`];
  const second = await SecondClient.register("Sam", invitation);
  await Promise.all([
    second.signIn().then(() => second.publish()),
    yanshu(ann, "create", "--name", "Ann", invitation),
    yanshu(ben, "create", "--name", "Ben", invitation),
  ]);

  await yanshu(ann, "add", second.link, "--greeting", "eight o'clock?");
  await second.until(() => second.hears("greeting") === "eight o'clock?");
  const chat = second.conversationOf("direct");
  await second.say(chat, { kind: "accept", name: "Sam" }, "signal");
  const id = await second.say(chat, { kind: "text", text: "half past" });
  await second.say(chat, { kind: "edit", id, text: "half past nine" }, "signal");
  await printed(ann, "Sam: half past nine", "read", "Sam");
  await yanshu(ann, "send", "Sam", "see you");
  await second.until(() => second.hears("text") === "see you");

  // What came meanwhile comes when it signs in again, with the pair that follows.
  await second.disconnect();
  await yanshu(ann, "group", "Dinner", "Sam");
  await yanshu(ann, "send", "Dinner", "bring dumplings");
  await second.signIn();
  await second.until(() => second.hears("text") === "bring dumplings");
  const group = second.conversationOf("group");
  await second.say(group, { kind: "profile", name: "Sam" }, "signal");
  await second.say(group, { kind: "text", text: "twenty of them" });
  await printed(ann, "Sam: twenty of them", "read", "Dinner");

  // Somebody comes in by the group's link: a commit that this client takes, to speak in the epoch after it.
  const link = (await yanshu(ann, "group-link", "Dinner")).trim();
  await Promise.all([yanshu(ben, "join", link), printed(ann, "Ben", "read", "Dinner")]);
  await second.until(() => second.groups.get(group)?.members.length === 3);
  await printed(ben, "Dinner", "chats");
  await second.renew(group);
  await second.say(group, { kind: "text", text: "and a fish" });
  await printed(ben, "Sam: and a fish", "read", "Dinner");
  await yanshu(ben, "send", "Dinner", "I bring tea");
  await second.until(() => second.hears("text") === "I bring tea");
  expect(second.refused).toEqual([]);
  const heard = second.heard.flatMap(({ kind, text }) => (kind === "text" ? [text] : []));
  expect(heard).toEqual(["see you", "bring dumplings", "I bring tea"]);
  await second.disconnect();
});

test.concurrent("[WI41] [WI48] it founds a conversation of two and greets: our client is asked, accepts, and they write", async () => {
  people += 1;
  const ann = `ann-${people}`;
  const second = await SecondClient.register("Sue", invitation);
  await Promise.all([second.signIn().then(() => second.publish()), yanshu(ann, "create", "--name", "Ann", invitation)]);
  const chat = await second.greet((await yanshu(ann, "link")).trim(), "I am Sue from choir");
  await printed(ann, "Sue: I am Sue from choir", "requests");
  await yanshu(ann, "accept", "Sue");
  await second.until(() => second.heard.some(({ kind }) => kind === "accept"));
  await second.say(chat, { kind: "text", text: "thank you" });
  await printed(ann, "Sue: thank you", "read", "Sue");
  await yanshu(ann, "send", "Sue", "welcome");
  await second.until(() => second.hears("text") === "welcome");

  // A file each way, by the requests of the spec.
  const [ours, saved] = [join(folder, `${ann}-ours.txt`), join(folder, `${ann}-saved`)];
  writeFileSync(ours, "y".repeat(5_000));
  await yanshu(ann, "send", "Sue", "--file", ours);
  await second.until(() => second.heard.some(({ kind }) => kind === "file"));
  expect(new TextDecoder().decode(await second.lastFile())).toBe("y".repeat(5_000));
  await second.sendFile(chat, "theirs.txt", new TextEncoder().encode("z".repeat(3_000)));
  await printed(ann, "theirs.txt", "read", "Sue");
  mkdirSync(saved);
  await yanshu(ann, "save", "Sue", "--to", saved, "--last", "1");
  expect(readFileSync(join(saved, "theirs.txt"), "utf8")).toBe("z".repeat(3_000));
  expect(second.refused).toEqual([]);
  await second.disconnect();
});

/** Our client's side of linking: its person says yes once the terminal shows the words. */
async function approved(person: string, link: string, words: Promise<string>): Promise<void> {
  const ran = Bun.spawn([process.execPath, join(programs, "cli/src/main.ts"), "approve", link, "--wait", "60"], {
    env: { ...process.env, YANSHU_HOME: join(folder, person), LANG: "en_GB.UTF-8" },
    stdin: "pipe",
    stdout: "pipe",
    stderr: "pipe",
  });
  const expected = await words;
  let shown = "";
  let isAnswered = false;
  const reading = [ran.stdout, ran.stderr].map(async (stream) => {
    for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
      shown += chunk;
      if (isAnswered || !shown.includes(expected)) continue;
      isAnswered = true;
      await ran.stdin.write("y\n");
      await ran.stdin.end();
    }
  });
  await Promise.all(reading);
  if ((await ran.exited) !== 0) throw new Error(`yanshu approve: ${shown}`);
}

test.concurrent("[ID12] [ID15] it is let in as a further device by our client, with the same words, and speaks in each chat", async () => {
  people += 1;
  const [ann, ben] = [`ann-${people}`, `ben-${people}`];
  await yanshu(ann, "create", "--name", "Ann", invitation);
  await yanshu(ben, "create", "--name", "Ben", invitation);
  await yanshu(ben, "add", (await yanshu(ann, "link")).trim());
  await yanshu(ann, "accept", "Ben");
  await yanshu(ann, "group", "Dinner", "Ben");

  const { wordList } = JSON.parse(readFileSync(join(programs, "../vectors/derived.json"), "utf8"));
  const [shown, words] = [Promise.withResolvers<string>(), Promise.withResolvers<string>()];
  const approving = shown.promise.then((link) => approved(ann, link, words.promise));
  const linked = SecondClient.link("Ann", readInvitation(invitation), {
    link: shown.resolve,
    words: (numbers) => words.resolve(numbers.map((number) => wordList[number][1]).join("  ")),
  });
  const [second] = await Promise.all([linked, approving]);
  await second.until(() => second.groups.size === 3);
  await second.until(() => second.heard.some(({ kind }) => kind === "sync"));
  expect(second.conversationOf("own")).toBeString();

  await second.say(second.conversationOf("group"), { kind: "text", text: "from my kitchen" });
  await printed(ben, "Ann: from my kitchen", "read", "Dinner");
  await second.say(second.conversationOf("direct"), { kind: "text", text: "only to you" });
  await printed(ben, "Ann: only to you", "read", "Ann");
  await yanshu(ben, "send", "Ann", "heard");
  await second.until(() => second.hears("text") === "heard");
  expect(second.refused).toEqual([]);
  await second.disconnect();
});

/** All frames that home sends for these, on one connection. */
async function answersTo(frames: readonly Bytes[], count: number): Promise<readonly ServerFrame[]> {
  const socket = new WebSocket(`${readInvitation(invitation).origin.replace(/^http/, "ws")}/ws`);
  socket.binaryType = "arraybuffer";
  const answers: ServerFrame[] = [];
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener("open", () => {
      for (const frame of frames) socket.send(frame);
    });
    socket.addEventListener("message", ({ data }) => {
      answers.push(readFrame(new Uint8Array(data as ArrayBuffer)));
      if (answers.length === count) resolve();
    });
    socket.addEventListener("error", () => reject(new Error("home is not reached")));
    socket.addEventListener("close", () => reject(new Error("home closed the connection")));
  });
  socket.close();
  return answers;
}

test("[WI27] a number is used again once it was answered, for a call or a post", async () => {
  const hello = callFrame(7, "hello", { versions: [1] });
  const deposit = depositFrame(7, new Uint8Array(16), new Uint8Array(64));
  const answers = await answersTo([hello, hello, deposit], 3);
  expect(answers.map((answer) => ("request" in answer ? `${answer.type} ${answer.request}` : answer.type))).toEqual([
    "result 7",
    "result 7",
    "ok 7",
  ]);
});

test("[WI30] home agrees to no extension, answers a ping, and does not look where a page comes from", async () => {
  const { hostname, port } = new URL(readInvitation(invitation).origin);
  const key = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("base64");
  const head = [
    "GET /ws HTTP/1.1",
    `Host: ${hostname}:${port}`,
    "Upgrade: websocket",
    "Connection: Upgrade",
    `Sec-WebSocket-Key: ${key}`,
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Extensions: permessage-deflate",
    "Origin: https://evil.example",
  ];
  const socket = connect(Number(port), "127.0.0.1");
  let said = Buffer.alloc(0);
  const saying = new Promise<void>((resolve, reject) => {
    let isOpen = false;
    socket.on("error", reject);
    socket.on("data", (data: Buffer) => {
      said = Buffer.concat([said, data]);
      if (!isOpen && said.includes("\r\n\r\n")) {
        isOpen = true;
        // A ping that says "hi", under a mask of zeros.
        socket.write(Uint8Array.of(0x89, 0x82, 0, 0, 0, 0, 0x68, 0x69));
      }
      if (said.includes(Buffer.from([0x8a, 0x02, 0x68, 0x69]))) resolve();
    });
  });
  socket.write(`${head.join("\r\n")}\r\n\r\n`);
  await saying;
  socket.destroy();
  const answer = said.toString("latin1").toLowerCase();
  expect(answer).toStartWith("http/1.1 101");
  expect(answer).not.toContain("sec-websocket-extensions");
});

test("[WI34] the token on the disk is the invitation's, in base64url without padding", () => {
  const written = readFileSync(join(folder, "home", "registration-token"), "utf8").trim();
  expect(written).toMatch(/^[A-Za-z0-9_-]{22}$/);
  const { token } = readInvitation(invitation);
  expect(written).toBe(token.toBase64({ alphabet: "base64url", omitPadding: true }));
});
