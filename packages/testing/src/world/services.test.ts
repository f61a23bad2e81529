/** Service accounts (docs/spec/bridge.md PA13–PA15): buttons in a chat of two, a press, and a form. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { type ClientFeature, clientFeatures } from "@yanshu/client";
import { World } from "../index.ts";

setDefaultTimeout(60_000);

const buttons = [
  { words: "天气", key: "WEATHER" },
  {
    words: "更多",
    below: [
      { words: "网页", url: "https://clinic.example/" },
      { words: "坏", url: "javascript:alert(1)" },
    ],
  },
];

test("[PA13] the newest buttons of the other one stand in a chat of two, and in a group nobody’s", async () => {
  const world = new World({ seed: 951 });
  const [clinic, ben, cat] = [await world.person("Clinic"), await world.person("Ben"), await world.person("Cat")];
  const chat = await world.befriend(clinic, ben);
  await world.befriend(clinic, cat);
  const group = await world.group(clinic, [ben, cat], "Family");
  const unread = () => ben.view("chats").find(({ conversation }) => conversation === chat)?.unread;
  const [shown, before] = [ben.items(chat).length, unread() ?? 0];
  await clinic.api.setServiceMenu(chat, { buttons: [{ words: "旧的", key: "OLD" }] });
  await clinic.api.setServiceMenu(chat, { buttons });
  await clinic.say(chat, "按一下");
  await world.until("it came", () => ben.reads(chat).includes("按一下"));
  expect(ben.view("serviceMenu", chat).buttons.map(({ words }) => words)).toEqual(["天气", "更多"]);
  expect(clinic.view("serviceMenu", chat).buttons).toEqual([]);
  // The chat shows nothing of it, and nothing of it is unread.
  expect([ben.items(chat).length, unread()]).toEqual([shown + 1, before + 1]);
  await expect(clinic.api.setServiceMenu(group, { buttons })).rejects.toMatchObject({ code: "not-allowed" });
  await clinic.api.setServiceMenu(chat, { buttons: [] });
  await world.until("they are gone", () => ben.view("serviceMenu", chat).buttons.length === 0);
  expect(world.bugs()).toEqual([]);
});

test("[PA13] what another client says of buttons in a group is nothing", async () => {
  const world = new World({ seed: 952 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  const group = await world.group(ann, [ben], "Family");
  await ann.api.setServiceMenu(chat, { buttons });
  await world.until("they stand in the chat", () => ben.view("serviceMenu", chat).buttons.length === 2);
  ben.disk.run("UPDATE messages SET conversation = unhex(?) WHERE kind = 'serviceMenu'", group);
  expect(ben.view("serviceMenu", group).buttons).toEqual([]);
});

test("[PA14] [PA18] a press is said by its words, with its key; no other address than an https one leads anywhere", async () => {
  const older = new Set<string>();
  const world = new World({
    seed: 953,
    featuresOf: ({ device }) =>
      clientFeatures.map((feature: ClientFeature) => ({
        ...feature,
        kinds: feature.kinds?.filter((kind) => !kind.startsWith("service") || !older.has(device)) ?? [],
      })),
  });
  const [clinic, ben] = [await world.person("Clinic"), await world.person("Ben")];
  const chat = await world.befriend(clinic, ben);
  await clinic.api.setServiceMenu(chat, { buttons });
  await world.until("the buttons came", () => ben.view("serviceMenu", chat).buttons.length === 2);
  const [weather, more] = ben.view("serviceMenu", chat).buttons;
  expect(more?.below).toEqual([{ words: "网页", url: "https://clinic.example/" }, { words: "坏" }]);
  // Until he pressed one they are an offer; what others press changes nothing of it.
  const isOffer = () => ben.view("serviceMenu", chat).isOffer;
  await clinic.api.pressService(chat, { words: "天气", key: "WEATHER" });
  await world.until("that came", () => ben.items(chat).some(({ body }) => body.kind === "servicePress"));
  expect(isOffer()).toBe(true);
  await ben.api.pressService(chat, { words: weather?.words ?? "", key: weather?.key ?? "" });
  expect(isOffer()).toBe(false);
  await world.until("it was told", () =>
    clinic.items(chat).some(({ body, mine }) => !mine && body.kind === "servicePress"),
  );
  const pressed = clinic.items(chat).find(({ body, mine }) => !mine && body.kind === "servicePress");
  expect(pressed?.body).toMatchObject({ words: "天气", key: "WEATHER" });
  expect(clinic.view("chats").find(({ conversation }) => conversation === chat)?.unread).toBe(1);

  older.add(clinic.device);
  clinic.crash();
  await clinic.switchOn();
  await ben.api.pressService(chat, { words: "天气", key: "WEATHER" });
  await world.until("an older one reads it", () =>
    clinic.items(chat).some(({ body }) => body.kind === "newer" && body.fallback === "天气"),
  );
  expect(world.bugs()).toEqual([]);
});

test("[PA15] a form stands as its rows, and is passed on as words", async () => {
  const world = new World({ seed: 954 });
  const [clinic, ben, cat] = [await world.person("Clinic"), await world.person("Ben"), await world.person("Cat")];
  const [chat, other] = [await world.befriend(clinic, ben), await world.befriend(ben, cat)];
  const form = { title: "挂号成功", rows: [{ name: "时间", words: "周六九点" }], url: "http://clinic.example/" };
  const id = await clinic.api.sendServiceForm(chat, form);
  await world.until("it came", () => ben.items(chat).some(({ body }) => body.kind === "serviceForm"));
  const [shown] = ben.items(chat).filter(({ body }) => body.kind === "serviceForm");
  expect(shown?.body).toEqual({ kind: "serviceForm", title: "挂号成功", rows: form.rows } as never);
  await ben.api.forward({
    from: chat,
    messages: [{ author: clinic.account, id }],
    to: [other],
    mode: "each",
    note: "",
  });
  await world.until("it was passed on", () => cat.reads(other).includes("挂号成功\n时间：周六九点"));
  await expect(clinic.api.sendServiceForm(chat, { title: " ", rows: [] })).rejects.toMatchObject({ code: "empty" });
  expect(world.bugs()).toEqual([]);
});
