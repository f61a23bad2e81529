/** Places: links that open a program at a page of it (docs/spec/programs.md PR62). */
import { expect, test } from "bun:test";
import { packProgram } from "./compile/index.ts";
import { linkToPlace, linkWithScene, placeIn, sceneIn } from "./format/place.ts";
import { play } from "./testkit/open.ts";
import { sourcesOfPage } from "./testkit/sources.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);

test("[PR62] a link with a page of a program before it comes out as it went in; any other names none", () => {
  const contact = "https://tea.example/#c/AbC-_9";
  for (const place of ["pages/a/a", "pages/table/table?scene=id%3D7", "页/桌?号=七"]) {
    const link = linkToPlace(place, contact) ?? "";
    expect(link).toMatch(/^https:\/\/tea\.example\/#p\/[\w-]+#c\/AbC-_9$/);
    expect(placeIn(` ${link}\n`)).toBe(place);
    expect(placeIn(link.slice(link.indexOf("#")))).toBe(place);
  }
  for (const place of ["", "/pages/a", "a#b", "a b", "a?b c", "a\u202eb", "a".repeat(257), "桌".repeat(90), "?scene=7"])
    expect(linkToPlace(place, contact)).toBeUndefined();
  for (const link of ["https://tea.example/#g/AbC", "", "pages/a"])
    expect(linkToPlace("pages/a", link)).toBeUndefined();
  for (const link of [
    contact,
    "#p/#c/AbC",
    "#p/cGFnZXM",
    "#p/cGFnZXM#g/AbC",
    "#p/____#c/AbC",
    "#p/L3BhZ2Vz#c/AbC",
    "#p/A#c/AbC",
  ])
    expect(placeIn(link)).toBeUndefined();
});

test("[PA42] a link with a key before it comes out as it went in, and is neither a page's nor a longer one's", () => {
  const contact = "https://clinic.example/#c/AbC-_9";
  for (const key of ["qr.mac.0.7", "qr.mac.0.门口 3", "k".repeat(128)]) {
    const link = linkWithScene(key, contact) ?? "";
    expect(link).toMatch(/^https:\/\/clinic\.example\/#s\/[\w-]+#c\/AbC-_9$/);
    expect(sceneIn(link)).toBe(key);
    expect(placeIn(link)).toBeUndefined();
  }
  for (const key of ["", "门".repeat(90)]) expect(linkWithScene(key, contact)).toBeUndefined();
  expect(linkWithScene("k", "https://clinic.example/#g/AbC")).toBeUndefined();
  for (const key of ["k".repeat(129), "a\u202eb", "a\u0000b"])
    expect(sceneIn(linkWithScene(key, contact) ?? "")).toBeUndefined();
  for (const link of [contact, "#s/#c/AbC", "#s/____#c/AbC", linkToPlace("pages/a/a", contact) ?? ""])
    expect(sceneIn(link)).toBeUndefined();
});

test("[PR62] a program opens at the page that a link names, which is told what was asked, and else at its first", async () => {
  const sources = sourcesOfPage("Page({ data: { said: '' } })");
  const said = `Page({ data: { said: "" }, onLoad(query) {
    const { path, query: launched, scene } = wx.getLaunchOptionsSync();
    this.setData({ said: JSON.stringify([query, path, launched, scene]) }) } })`;
  const more = {
    "app.json":
      '{ "pages": ["pages/a/a", "pages/b/b", "pages/c/c"], "tabBar": { "list": [{ "pagePath": "pages/a/a", "text": "a" }, { "pagePath": "pages/c/c", "text": "c" }] } }',
    "app.js": "App({})",
    "pages/b/b.wxml": "<view>{{said}}</view>",
    "pages/b/b.js": said,
    "pages/c/c.wxml": "<view>tab {{said}}</view>",
    "pages/c/c.js": said,
    "pages/a/a.wxml": "<view>first</view>",
  };
  for (const [path, text] of Object.entries(more)) sources.set(path, bytesOf(text));
  const { bytes } = await packProgram(sources, { name: "桌", version: "1" });
  const at = async (page: string) => (await play(bytes, {}, undefined, undefined, undefined, page)).text();
  expect(await at("pages/b/b?scene=id%3D7&x=1?2")).toBe(
    '[{"scene":"id%3D7","x":"1?2"},"pages/b/b",{"scene":"id%3D7","x":"1?2"},1047]',
  );
  expect(await at("pages/c/c?scene=7")).toBe('tab [{"scene":"7"},"pages/c/c",{"scene":"7"},1047]');
  expect(await at("pages/c/c")).toBe('tab [{},"pages/c/c",{},1047]');
  expect(await at("pages/none/none?scene=7")).toBe("first");
});
