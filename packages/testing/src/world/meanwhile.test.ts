/** Somebody joins between the tap that sends something and its going out (docs/spec/sync.md SY2). */
import { expect, test } from "bun:test";
import type { Hex, Source } from "@yanshu/client";
import type { Person } from "./person.ts";
import { World } from "./world.ts";

const shape = { width: 30, height: 40, placeholder: new Uint8Array(20) };

/** Bytes that a disk gives only once `open` is called. */
function slow(length: number): { readonly source: Source; readonly open: () => void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const slice = (start: number, end: number) => ({
    arrayBuffer: () => opened.then(() => new ArrayBuffer(end - start)),
  });
  return { source: { size: length, slice }, open };
}

/** Ann and Ben in a group, where Cat joins as soon as Ben has tapped. */
async function two(seed: number) {
  const world = new World({ files: true, seed });
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  const group = await world.group(ann, [ben], "Two of us");
  await world.befriend(ann, cat);
  const catJoins = async () => {
    await ann.api.addMembers(group, [cat.account]);
    await world.until("Ben sees Cat", () => ben.view("conversation", group)?.members.length === 3);
  };
  const waitsForTap = async () => {
    await world.until("it waits", () => ben.items(group).at(-1)?.state === "waiting-tap");
    await world.pass(5_000);
    expect([ann, cat].map((one) => one.items(group).filter(({ body }) => body.kind !== "system"))).toEqual([[], []]);
    expect(world.bugs()).toEqual([]);
  };
  return { world, ann, ben, cat, group, catJoins, waitsForTap };
}

const ways: Record<string, (ben: Person, group: Hex, source: Source) => Promise<Hex>> = {
  file: (ben, group, source) => ben.api.sendFile(group, { source, name: "a.pdf", type: "application/pdf" }),
  picture: (ben, group, source) =>
    ben.api.sendPhotos(group, { caption: "", pictures: [{ source, type: "image/webp", ...shape }] }),
  voice: (ben, group, source) =>
    ben.api.sendVoice(group, { source, type: "audio/webm", ms: 1_000, waveform: new Uint8Array(8) }),
};

for (const [what, send] of Object.entries(ways))
  test(`[SY2] [ME6] a ${what} that is still read from the disk when somebody joins waits for a tap`, async () => {
    const { world, ben, group, catJoins, waitsForTap } = await two(430);
    const { source, open } = slow(what === "file" ? 3_000_000 : 5_000);
    const sending = send(ben, group, source);
    await catJoins();
    open();
    await world.during(sending);
    await waitsForTap();
  });

for (const many of [false, true])
  test(`[SY2] [ME8] what is forwarded ${many ? "to several " : ""}and still copied when somebody joins waits for a tap`, async () => {
    const { world, ann, ben, group, catJoins, waitsForTap } = await two(431);
    const chat = ben.view("chats").find(({ kind }) => kind === "direct")?.conversation ?? "";
    const source = new Blob([new Uint8Array(50_000)]);
    await ann.api.sendFile(chat, { source, name: "a.pdf", type: "application/pdf" });
    const message = () => ben.items(chat).findLast(({ body }) => body.kind === "file");
    await world.until("it arrives", () => message() !== undefined);
    const [author, id] = [message()?.from.account ?? "", message()?.id ?? ""];
    const { network } = world;
    const request = network.request.bind(network);
    let open: () => void = () => undefined;
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    network.request = async (owner, asked) => {
      await opened;
      return request(owner, asked);
    };
    const sending = many
      ? ben.api.forward({ from: chat, messages: [{ author, id }], to: [chat, group], mode: "each", note: "" })
      : ben.api.forwardMedia({ conversation: chat, author, id }, group);
    await catJoins();
    open();
    await world.during(Promise.resolve<unknown>(sending));
    await waitsForTap();
  });
