/**
 * R1.3: whether what stands in a message or a file changes anything of what a device asks: it is played twice from one
 * seed.
 */
import type { Hex } from "@yanshu/client";
import { decodeClientFrame, utf8 } from "@yanshu/wire";
import type { Person } from "../../world/person.ts";
import { World } from "../../world/world.ts";
import { allOf, type Check } from "../check.ts";
import { keywords } from "./keywords.ts";

type Words = { readonly text: string; readonly file: Uint8Array };

const han = "天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏";

/** Equally many bytes of each: words that somebody might look for, and words that nobody would. */
const watched: Words = { text: keywords.slice(0, 40).join("，"), file: utf8(keywords.join("\n").repeat(40)) };
const harmless: Words = { text: sameLength(watched.text), file: utf8(sameLength(keywords.join("\n").repeat(40))) };

export async function sameRequests(other: Words = harmless): Promise<Check> {
  const [first, second] = [await played(watched), await played(other)];
  const same = (a: readonly string[], b: readonly string[]) => a.join() === b.join();
  return allOf(
    "P1.unscanned",
    "a message and a file full of words that others filter make the requests that harmless ones make",
    {
      "the same frames, in the same order, equally long": same(first.message, second.message),
      "the same requests for the file": same(first.file, second.file),
    },
    first.arrived && second.arrived && first.message.length > 0 && first.file.length > 0,
    `${first.message.length} frames of both devices for a message, ${first.file.length} frames and requests for a file of ${watched.file.length} bytes`,
  );
}

async function played(words: Words) {
  const world = new World({ seed: 606, files: true });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  await ben.say(chat, "?");
  await world.pass(120_000);
  const frames: string[] = [];
  world.network.overhear = (connection, owner, frame) => {
    const decoded = decodeClientFrame(frame);
    frames.push(`${connection} ${owner} ${decoded.type === "call" ? decoded.name : decoded.type} ${frame.length}`);
  };
  await ann.say(chat, words.text);
  await world.until("it is read", () => ben.reads(chat).includes(words.text));
  await world.pass(60_000);
  const message = frames.splice(0);
  const requests: string[] = [];
  const answer = world.network.request.bind(world.network);
  world.network.request = (owner, asked) => {
    requests.push(`${owner} ${asked.method} ${asked.path.length} ${asked.body?.length ?? 0}`);
    return answer(owner, asked);
  };
  await ann.api.sendFile(chat, {
    source: new Blob([words.file as Uint8Array<ArrayBuffer>]),
    name: "doc.txt",
    type: "text/plain",
  });
  await world.until("the file is there", () => fileOf(ben, chat) !== undefined);
  const file = fileOf(ben, chat);
  const bytes = file === undefined ? undefined : await world.during(ben.api.readFile(file.handle, 0, file.bytes));
  await world.pass(60_000);
  // Sealing a file goes by no clock of the world, so that only what was asked is compared, not when.
  const kinds = [...requests, ...frames.map((frame) => frame.replace(/^\d+ /, ""))].sort();
  return { message, file: kinds, arrived: bytes?.length === words.file.length };
}

function fileOf(person: Person, chat: Hex) {
  return person.items(chat).flatMap(({ body }) => (body.kind === "file" ? [body.file] : []))[0];
}

/** Each Han character becomes another of as many bytes, each Latin letter another. */
function sameLength(words: string): string {
  let at = 0;
  return words.replace(/\p{Script=Han}/gu, () => han.charAt(at++ % han.length)).replace(/[a-z]/gi, "a");
}
