/** What a mini program asks of the person and of who gave it (docs/spec/programs.md PR15, PR16, PR53). */
import { expect, test } from "bun:test";
import { packProgram } from "./compile/index.ts";
import { programMessage } from "./frame-messages.ts";
import { play } from "./testkit/open.ts";
import { sourcesOfPage } from "./testkit/sources.ts";
import { chosenPictures } from "./view/pictures.ts";

const asking = sourcesOfPage(`Page({ data: { said: "" },
  said(words) { this.setData({ said: words }) },
  name() { wx.getUserProfile({ desc: "x", success: ({ userInfo }) => this.said(userInfo.nickName), fail: ({ errMsg }) => this.said(errMsg) }) },
  place() { wx.getLocation({ success: ({ latitude }) => this.said("" + latitude), fail: ({ errMsg }) => this.said(errMsg) }) },
  pasted() { wx.getClipboardData({ success: ({ data }) => this.said(data), fail: ({ errMsg }) => this.said(errMsg) }) },
  copied() { wx.setClipboardData({ data: "6222", success: ({ errMsg }) => this.said(errMsg) }) },
  picture() { wx.chooseMedia({ count: 2, success: ({ tempFiles }) => this.said(tempFiles[0].tempFilePath) }) },
  settings() { wx.getSetting({ success: ({ authSetting }) => this.said(JSON.stringify(authSetting)) }) },
  agreed() { wx.authorize({ scope: "scope.record", fail: ({ errMsg }) => this.said(errMsg) }) },
})`);

test("[PR15] [PR16] a program has a name, a place, the clipboard and pictures by the app, in WeChat's shape, or is told no", async () => {
  const { bytes } = await packProgram(asking, { name: "问", version: "1" });
  const given: Readonly<Record<string, unknown>> = {
    name: { name: "安安" },
    place: { latitude: 31.2, longitude: 121.5, accuracy: 9 },
    clipboard: { text: "抄下的" },
    undefined: { files: [{ path: "/tmp/1.png", size: 3 }] },
  };
  const ann = await play(bytes, {}, ({ what }) => given[String(what)] as Record<string, unknown>);
  const tapped = async (words: string) => {
    await ann.tap(words);
    return ann.text().split(" name ")[0];
  };
  expect(await tapped("name")).toBe("安安");
  expect(await tapped("place")).toBe("31.2");
  expect(await tapped("settings")).toBe(
    '{"scope.userInfo":true,"scope.userLocation":true,"scope.userFuzzyLocation":true}',
  );
  expect(await tapped("pasted")).toBe("抄下的");
  expect(await tapped("copied")).toBe("setClipboardData:ok");
  expect(await tapped("picture")).toBe("/tmp/1.png");
  expect(await tapped("agreed")).toBe("authorize:fail auth deny");
  expect(ann.said.filter(({ kind }) => ["want", "copy", "pictures"].includes(String(kind)))).toMatchObject([
    { what: "name" },
    { what: "place" },
    { what: "clipboard" },
    { text: "6222" },
    { count: 2 },
  ]);
  const ben = await play(bytes, {}, ({ id }) => ({ id, fail: "auth deny" }));
  await ben.tap("name");
  expect(ben.text()).toContain("getUserProfile:fail auth deny");
  for (const wrong of [
    { kind: "want", id: 1, what: "purse" },
    { kind: "copy", id: 1, text: 7 },
    { kind: "pictures", id: 1 },
  ])
    expect(programMessage(wrong)).toBeUndefined();
  expect(programMessage({ kind: "pictures", id: 1, count: 99 })).toEqual({ kind: "pictures", id: 1, count: 9 });
});

test("[PR16] a picture that was chosen is a path to the program, and bytes to the frame alone", () => {
  const kept = new Map<string, Uint8Array>();
  const told = chosenPictures((path, bytes) => kept.set(path, bytes));
  const files = [
    { name: "a.PNG", bytes: new Uint8Array(3) },
    { name: "b", bytes: new Uint8Array(5) },
  ];
  expect(told({ kind: "result", id: 1, result: { files } })).toEqual({
    kind: "result",
    id: 1,
    result: {
      files: [
        { path: "/tmp/1.png", size: 3 },
        { path: "/tmp/2.jpg", size: 5 },
      ],
    },
  });
  expect([...kept.keys()]).toEqual(["tmp/1.png", "tmp/2.jpg"]);
  expect(told({ kind: "result", id: 2, fail: "cancel" })).toEqual({ kind: "result", id: 2, fail: "cancel" });
});

test("[PR53] a question to the publisher is asked for once, is written as WeChat writes it, and fails in its words", async () => {
  const script = `Page({ data: { said: "" },
    add(words) { this.setData({ said: this.data.said + words + ";" }) },
    name() { for (const q of ["a", "b"]) wx.request({ url: "https://s.example/x?y=1", data: { q, o: { n: 1 } }, success: ({ data, statusCode }) => this.add(statusCode + data.said), fail: ({ errMsg }) => this.add(errMsg) }) },
    place() { wx.request({ url: "https://s.example/p", method: "post", data: { q: 2 }, dataType: "text", success: ({ data }) => this.add(data + data.length) }) },
    pasted() { wx.login({ success: ({ code }) => { this.add("code " + code); wx.checkSession({ success: () => this.add("session") }) } }) },
    copied() { wx.checkSession({ fail: ({ errMsg }) => this.add(errMsg) }) },
    picture() { wx.request({ url: "/none", fail: ({ errMsg }) => this.add(errMsg) }); wx.request({ url: "https://s.example/", method: "POST", data: "x".repeat(100001), fail: ({ errMsg }) => this.add(errMsg) }) },
    settings() { const task = wx.request({ url: "https://s.example/slow", fail: ({ errMsg }) => this.add(errMsg) }); task.abort() },
    async agreed() { try { await wx.request({ url: "https://s.example/away" }) } catch ({ errMsg }) { this.add(errMsg) } } })`;
  const { bytes } = await packProgram(sourcesOfPage(script), { name: "问", version: "1" });
  const asked: unknown[] = [];
  let mayWrite = false;
  const answer = ({ kind, what, words }: Readonly<Record<string, unknown>>) => {
    if (kind === "want") {
      asked.push(what);
      return mayWrite ? {} : { fail: "auth deny" };
    }
    const question = JSON.parse(String(words)) as { kind: string; url?: string };
    asked.push(question);
    if (question.kind === "login") return { words: '{"code":"c1"}' };
    if (question.url?.endsWith("/away") === true) return { fail: "timeout" };
    return { words: JSON.stringify({ status: 200, headers: {}, body: '{"said":"好"}' }) };
  };
  const self = { address: "a", name: "Ann", hasPublisher: true } as const;
  const ann = await play(bytes, {}, answer, self);
  await ann.tap("name");
  expect(ann.text()).toContain("request:fail auth deny;request:fail auth deny;");
  expect(asked).toEqual(["publisher"]);
  mayWrite = true;
  for (const words of ["copied", "name", "place", "pasted", "picture", "settings", "agreed"]) await ann.tap(words);
  for (const words of [
    "checkSession:fail session expired",
    "200好;200好;",
    '{"said":"好"}12',
    "code c1;session;",
    "request:fail invalid url",
    "request:fail data too large",
    "request:fail abort",
    "request:fail timeout",
  ])
    expect(ann.text()).toContain(words);
  const question = (url: string, method: string) => ({ kind: "request", url: `https://s.example/${url}`, method });
  expect(asked.slice(1)).toEqual([
    "publisher",
    { ...question("x?y=1&q=a&o=%7B%22n%22%3A1%7D", "GET"), headers: {} },
    { ...question("x?y=1&q=b&o=%7B%22n%22%3A1%7D", "GET"), headers: {} },
    { ...question("p", "POST"), headers: { "content-type": "application/json" }, body: '{"q":2}' },
    { kind: "login" },
    { ...question("slow", "GET"), headers: {} },
    { ...question("away", "GET"), headers: {} },
  ]);
  expect(ann.faults()).toEqual([]);
  const alone = await play(bytes, {}, answer);
  await alone.tap("place");
  await alone.tap("name");
  expect(alone.text()).toContain("request:fail no network");
  const write = { kind: "write", id: 1, words: "?" };
  expect(programMessage(write)).toEqual(write as never);
  for (const bad of [{ id: -1 }, { words: 7 }, { words: "x".repeat(100_001) }])
    expect(programMessage({ ...write, ...bad })).toBeUndefined();
});
