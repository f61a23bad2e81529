/** `yanshu call`: two terminals, and the real server with its rooms. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import type { Device } from "../device.ts";
import { TestServer } from "../testkit/server.ts";
import { befriendAnnAndBen, bugs, Terminal, until } from "../testkit/terminal.ts";

setDefaultTimeout(120_000);
const server = new TestServer();
const [ann, ben] = [new Terminal(), new Terminal()];
/** Ben's app, which is open all the time and has no page: it rings, and does as it is told. */
let phone: Device;

beforeAll(async () => {
  await server.start();
  await befriendAnnAndBen(ann, ben, server.invite);
  phone = await ben.app();
});
afterAll(async () => {
  await phone.end();
  for (const one of [ann, ben]) one.remove();
  await server.remove();
  expect(bugs).toEqual([]);
});

const now = () => phone.client.view("calls", []).now;
const records = () => {
  const chat = phone.client.view("chats", [])[0]?.conversation ?? "";
  return phone.client
    .view("timeline", [chat, 50])
    .items.flatMap(({ body }) => (body.kind === "call" ? [`${body.media} ${body.as}`] : []));
};

test("[TE16] call rings the other, says how it goes, and hangs up once somebody answers", async () => {
  const answered = ann.start(["call", "Ben", "--video"]);
  await until("it rings at Ben's", () => now()?.at === "ringing");
  expect(now()).toMatchObject({ media: "video", person: { name: "Ann" } });
  await until("Ann is told", () => answered.err().includes("Ringing"));
  await phone.client.api.answerCall(now()?.call ?? "", "page");
  const { code, out, err } = await answered.done;
  expect([code, out]).toEqual([0, "Ben answered. There is no voice here: hung up\n"]);
  expect(err.split("\n")[0]).toBe("Calling Ben…");
  await until("it is over at Ben's", () => now() === undefined && records().at(-1) === "video cancelled");

  const declined = ann.start(["call", "Ben", "--json"]);
  await until("it rings again", () => now()?.at === "ringing");
  await phone.client.api.declineCall(now()?.call ?? "");
  expect(JSON.parse((await declined.done).out)).toMatchObject({ as: "declined" });
  await until("it is recorded", () => records().at(-1) === "voice declined");
});

test("[TE17] Ctrl-C hangs up: the other stops ringing, and home has the record before the command ends", async () => {
  const call = ann.start(["call", "Ben"]);
  await until("it rings", () => now()?.at === "ringing" && call.err().includes("Ringing"));
  call.interrupt();
  const { code, out, err } = await call.done;
  expect([code, out]).toEqual([0, "Hung up before Ben answered\n"]);
  expect(err).not.toContain("not told");
  expect(await ann.says("read", "Ben", "--last", "1", "--wait", "0")).toContain("cancelled");
  await until("Ben's is still", () => now() === undefined && records().at(-1) === "voice cancelled");
});

test("[TE16] who is no contact, and a group, are not called", async () => {
  await ann.says("group", "Family", "Ben");
  const { code, err } = await ann.run(["call", "Family"]);
  expect([code, err]).toEqual([1, "yanshu: That isn’t yours to do here\n"]);
});
