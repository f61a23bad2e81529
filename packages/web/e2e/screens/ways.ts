/**
 * Ways: how a person comes to each screen, from wherever they are. Some leave something behind, which is put away
 * afterwards: what a way answers does so.
 */
import { expect, type Page } from "@playwright/test";
import { settled } from "../look.ts";
import { asksForField, goes } from "../people.ts";
import type { Screen } from "./list.ts";
import type { ScreenshotFixture } from "./screenshot-fixture.ts";
import type { Studio } from "./studio.ts";

/** Who looks, and what they can put in. */
export type Walk = ScreenshotFixture & {
  readonly newcomer: Page;
  readonly studio: Studio;
  readonly origin: string;
  readonly isElder: boolean;
};
type After = () => Promise<void>;
type Way = {
  /** Whose screen it is; 小雁's where nothing is said. */
  readonly of?: "newcomer" | "fresh" | "guest";
  /** Something on it never stands still. */
  readonly moves?: true;
  readonly go: (page: Page, walk: Walk) => Promise<After | undefined>;
};

export const ways: Readonly<Record<Screen, Way>> = {
  welcome: { of: "newcomer", go: at("/welcome") },
  "welcome-name": { of: "newcomer", go: at("/welcome/name") },
  "welcome-invite": { of: "newcomer", go: at("/welcome/invite") },
  "welcome-link": {
    of: "newcomer",
    go: async (page) => {
      await goes(page, "/welcome/link");
      await expect(page.getByTestId("device-link")).toHaveAttribute("data-link", /#d\//);
    },
  },
  "welcome-card": {
    of: "newcomer",
    go: async (page) => {
      await goes(page, "/welcome/card");
      await page.getByTestId("restore-word").fill("letter wild cloud fe");
      await expect(page.getByTestId("offered").first()).toBeVisible();
    },
  },
  "welcome-family": {
    of: "newcomer",
    go: async (page) => {
      await goes(page, "/welcome/card");
      await page.getByTestId("by-family").click();
      await expect(page.getByTestId("family-begin")).toBeVisible();
      return () => goes(page, "/welcome");
    },
  },
  lock: {
    of: "newcomer",
    go: async (page, { origin }) => {
      // What a lock leaves outside of the sealed store; nobody lives here, so that nothing has to be moved for it.
      await page.evaluate(async () => {
        const [salt, wrap] = [Array(16).fill(0), Array(64).fill(0)];
        const record = { version: 1, asks: "digits", afterMs: 60_000, wrong: 0, wrongMs: 0, logN: 15, salt, wrap };
        const root = await navigator.storage.getDirectory();
        const file = await (await root.getFileHandle("yanshu-lock", { create: true })).createWritable();
        await file.write(JSON.stringify(record));
        await file.close();
      });
      await page.goto(origin);
      await expect(page.getByTestId("pad")).toBeVisible();
      return async () => {
        await page.evaluate(async () => {
          await (await navigator.storage.getDirectory()).removeEntry("yanshu-lock");
        });
        await page.goto(`${origin}/welcome`);
        await expect(page.getByTestId("start")).toBeVisible();
      };
    },
  },

  chats: { go: at("/") },
  "chats-empty": { of: "fresh", go: at("/") },
  "chats-plus": { go: opens("/", "plus") },
  "chats-menu": {
    go: async (page) => {
      await goes(page, "/");
      await page.getByTestId("chat-row").filter({ hasText: "Kevin" }).last().click({ button: "right" });
      await expect(page.getByTestId("row-pin")).toBeVisible();
    },
  },

  group: { go: at(({ group }) => group) },
  "group-ask": {
    go: async (page, { group }) => {
      await goes(page, group);
      await page
        .getByTestId("chain")
        .last()
        .evaluate((card) => card.scrollIntoView({ block: "end" }));
    },
  },
  chat: { go: at(({ mum }) => mum) },
  "chat-english": { go: at(({ kevin }) => kevin) },
  "message-menu": {
    go: async (page, { gran }) => {
      await goes(page, gran);
      await page.getByTestId("bubble").filter({ hasText: "天凉了" }).click({ button: "right" });
      await page.locator("[role=menu]").waitFor();
    },
  },
  quoting: {
    go: async (page, { gran }) => {
      await goes(page, gran);
      await page.getByTestId("bubble").filter({ hasText: "天凉了" }).click({ button: "right" });
      await page.getByTestId("quote").click();
      await page.getByTestId("composer-input").fill("外婆也多穿点");
      return async () => {
        await page.getByTestId("aim-cancel").click();
        await page.getByTestId("composer-input").fill("");
      };
    },
  },
  emoji: {
    go: async (page, { gran }) => {
      await writesIn(page, gran);
      await page.getByTestId("emoji").click();
      await page.locator('[data-tab="emoji"]').click();
      return () => page.getByTestId("emoji").click();
    },
  },
  stickers: {
    go: async (page, { gran }) => {
      await writesIn(page, gran);
      await page.getByTestId("emoji").click();
      await page.locator('[data-tab="goose"]').click();
      return () => page.getByTestId("emoji").click();
    },
  },
  plus: {
    go: async (page, { group }) => {
      await writesIn(page, group);
      await page.getByTestId("plus-open").click();
      await expect(page.getByTestId("plus-panel")).toBeVisible();
      return () => page.getByTestId("plus-open").click();
    },
  },
  talk: {
    moves: true,
    go: async (page, { gran, isElder }) => {
      await goes(page, gran);
      if (isElder) await page.getByTestId("elder-talk").click();
      else {
        await page.getByTestId("talk").click();
        await page.getByTestId("talk-hold").click();
      }
      await expect(page.getByTestId("talking")).toHaveAttribute("data-mode", "locked");
      await page.waitForTimeout(1_500); // A message of a second or two.
      return async () => {
        await page.getByTestId("talk-cancel").click();
        if (!isElder) await page.getByTestId("talk").click();
      };
    },
  },
  photos: {
    go: async (page, { gran, isElder, studio }) => {
      await goes(page, gran);
      if (!isElder) await page.getByTestId("plus-open").click();
      const chooser = page.waitForEvent("filechooser");
      await page.getByTestId(isElder ? "elder-photo" : "plus-photo").click();
      const files = ["maple", "tea", "cat"].map((art) => studio.photo(art, art));
      await (await chooser).setFiles(await Promise.all(files));
      await expect(page.getByTestId("preview-thumb")).toHaveCount(3);
      await page.getByTestId("preview-caption").fill("今天的院子");
    },
  },
  viewer: {
    go: async (page, { group }) => {
      await goes(page, group);
      await page.getByTestId("photos").last().getByTestId("photo").first().click();
      await expect(page.getByTestId("viewer-shown")).toBeVisible();
      await expect(page.getByTestId("viewer-shown")).not.toHaveClass(/blurred/);
    },
  },
  large: {
    go: async (page, { gran }) => {
      await goes(page, gran);
      await page.getByTestId("bubble").filter({ hasText: "天凉了" }).click({ button: "right" });
      await page.getByTestId("large").click();
      await expect(page.getByTestId("large-text")).toBeVisible();
    },
  },
  selecting: {
    go: async (page, { group }) => {
      await goes(page, group);
      await selects(page, "冰糖", "快来吃");
      return () => page.getByTestId("select-cancel").click();
    },
  },
  forward: {
    go: async (page, { group }) => {
      await goes(page, group);
      await selects(page, "冰糖", "快来吃");
      await page.getByTestId("select-forward").click();
      await page.getByTestId("forward-chat").nth(1).click();
      await page.getByTestId("forward-note").fill("你看看");
      return async () => {
        await page.keyboard.press("Escape");
        await page.getByTestId("select-cancel").click();
      };
    },
  },
  record: {
    go: async (page, { mum }) => {
      await goes(page, mum);
      await page.getByTestId("record").last().click();
      await expect(page.getByTestId("record-sheet")).toBeVisible();
    },
  },
  announcement: { go: opens(({ group }) => group, "announcement") },
  poll: {
    go: async (page, { group }) => {
      await offers(page, group, "plus-poll");
      await page.getByTestId("poll-question").fill("周日去哪儿走走？");
      await page.getByTestId("poll-new-option").nth(0).fill("西湖");
      await page.getByTestId("poll-new-option").nth(1).fill("龙井村");
    },
  },
  chain: {
    go: async (page, { group }) => {
      await offers(page, group, "plus-chain");
      await page.getByTestId("chain-title").fill("周日爬山");
    },
  },
  place: {
    go: async (page, { group }) => {
      await offers(page, group, "plus-location");
      await expect(page.getByTestId("place-found")).toBeVisible();
      await page.getByTestId("place-name").fill("外婆家的院子");
      return undefined;
    },
  },
  card: { go: async (page, { group }) => offers(page, group, "plus-card") },
  offline: {
    go: async (page, { gran }) => {
      await goes(page, gran);
      await page.context().setOffline(true);
      await expect(page.getByTestId("network")).toHaveAttribute("data-network", "offline");
      return async () => {
        await page.context().setOffline(false);
        await expect(page.getByTestId("network")).toHaveCount(0);
      };
    },
  },

  "chat-search": {
    go: async (page, { group }) => {
      await goes(page, `${group}/search`);
      await page.getByTestId("search-field").fill("月");
      await expect(page.getByTestId("hit").first()).toBeVisible();
    },
  },
  "chat-info": { go: at(({ gran }) => `${gran}/info`) },
  "group-info": { go: at(({ group }) => `${group}/info`) },
  album: { go: at(({ group }) => `${group}/album`) },
  "chat-files": { go: at(({ mum }) => `${mum}/files`) },
  share: {
    go: async (page) => {
      // As the service worker leaves what another app shared.
      await page.evaluate(async () => {
        const shared = { title: "西湖赏月的十个地方", text: "", url: "https://example.net/moon" };
        await (await caches.open("yanshu-shared")).put("/shared.json", new Response(JSON.stringify(shared)));
      });
      await goes(page, "/share");
      await expect(page.getByTestId("share-chat").first()).toBeVisible();
    },
  },
  "add-members": { go: at(({ group }) => `${group}/add`) },
  members: { go: at(({ group }) => `${group}/members`) },
  "group-qr": { go: at(({ group }) => `${group}/qr`) },
  asking: { go: at(({ group }) => `${group}/asking`) },
  "new-group": {
    go: async (page) => {
      await goes(page, "/new-group");
      for (const place of [0, 2]) await page.getByTestId("pick").nth(place).click();
    },
  },
  search: { go: at("/search") },
  "search-found": {
    go: async (page) => {
      await goes(page, "/search");
      await page.getByTestId("search-field").fill("饺子");
      await expect(page.getByTestId("hit").first()).toBeVisible();
    },
  },

  contacts: { go: at("/contacts") },
  "contacts-empty": { of: "fresh", go: at("/contacts") },
  requests: { go: at("/contacts/requests") },
  groups: { go: at("/contacts/groups") },
  tags: { go: at("/contacts/tags") },
  contact: {
    go: async (page) => {
      await goes(page, "/contacts");
      await settled(page);
      await page.getByTestId("contact-row").filter({ hasText: "外婆" }).first().click();
      await expect(page.getByTestId("remark")).toBeVisible();
    },
  },
  "my-qr": { go: at("/my-qr") },
  scan: { moves: true, go: at("/scan") },
  "opened-link": { of: "guest", go: at("/opened") },

  me: { go: at("/me") },
  discover: { go: at("/discover") },
  moments: { go: at("/moments") },
  "moments-new": { go: at("/moments/new") },
  "moments-who": {
    go: async (page) => {
      await goes(page, "/moments/new");
      await page.getByTestId("compose-who").click();
      await page.getByTestId("audience-only").check({ force: true });
    },
  },
  "moments-news": { go: at("/moments/news") },
  "moments-settings": { go: at("/moments/settings") },
  "moments-mine": { go: at("/moments/mine") },
  "moments-of": {
    go: async (page) => {
      await goes(page, "/contacts");
      await settled(page);
      await page.getByTestId("contact-row").filter({ hasText: "外婆" }).first().click();
      await page.getByTestId("contact-moments").click();
    },
  },
  moment: {
    go: async (page) => {
      await goes(page, "/moments/mine");
      await page.getByTestId("moments-entry").first().click();
    },
  },
  status: { go: at("/status") },
  "status-pick": {
    go: async (page) => {
      await goes(page, "/status");
      await page.getByTestId("status-set").or(page.getByTestId("status-change")).click();
    },
  },
  channels: { go: at("/channels") },
  channel: { go: at("/channels/01") },
  accounts: { go: at("/accounts/00") },
  "channel-publish": { go: at("/channels/02") },
  "channels-search": { go: at("/channels/03") },
  "channels-settings": { go: at("/channels/04") },
  "family-album": { go: at("/family/album") },
  favourites: { go: at("/me/favourites") },
  "my-stickers": { go: at("/me/stickers") },
  profile: { go: at("/me/profile") },
  settings: { go: at("/me/settings") },
  language: { go: opens("/me/settings", "setting-language") },
  notifications: { go: at("/me/settings/notifications") },
  privacy: { go: at("/me/settings/privacy") },
  "lock-choose": { go: opens("/me/settings/privacy", "lock-turn-on") },
  "lock-code": {
    go: async (page, walk) => {
      await opens("/me/settings/privacy", "lock-turn-on")(page, walk);
      await page.getByTestId("lock-digits").click();
      await expect(page.getByTestId("pad")).toBeVisible();
      return undefined;
    },
  },
  "calls-page": { go: at("/me/settings/calls") },
  storage: { go: at("/me/settings/storage") },
  "home-keeps": { go: at("/me/settings/home") },
  carry: { go: at("/me/settings/carry") },
  "delete-account": { go: at("/me/settings/delete") },
  devices: { go: at("/me/devices") },
  "link-device": { moves: true, go: at("/me/devices/link") },
  "link-words": {
    go: async (page, { newcomer }) => {
      await goes(newcomer, "/welcome");
      await goes(newcomer, "/welcome/link");
      await expect(newcomer.getByTestId("device-link")).toHaveAttribute("data-link", /#d\//);
      const link = (await newcomer.getByTestId("device-link").getAttribute("data-link")) ?? "";
      await goes(page, "/me/devices/link");
      await page.getByTestId("paste-link").fill(link);
      await page.getByTestId("open-link").click();
      await expect(page.getByTestId("link-words")).toBeVisible();
      return async () => {
        await page.getByTestId("words-differ").click();
        await expect(page.getByTestId("link-old")).toHaveAttribute("data-step", "stopped");
        await goes(newcomer, "/welcome");
      };
    },
  },
  "way-back": { go: at("/me/way-back") },
  family: {
    go: async (page) => {
      await goes(page, "/me/way-back/family");
      const chosen = page.getByTestId("family-helper");
      await expect(chosen.or(page.getByTestId("family-choose")).first()).toBeVisible();
      if ((await chosen.count()) > 0) return undefined;
      await page.getByTestId("family-choose").click();
      for (const n of [0, 1, 2]) await page.getByTestId("pick").nth(n).click();
      await page.getByTestId("picked-done").click();
      await expect(chosen).toHaveCount(3);
      return undefined;
    },
  },
};

type Place = string | ((walk: Walk) => string);

function at(place: Place): Way["go"] {
  return async (page, walk) => {
    await goes(page, typeof place === "string" ? place : place(walk));
    return undefined;
  };
}

/** A place, and what a tap opens over it. */
function opens(place: Place, testId: string): Way["go"] {
  return async (page, walk) => {
    await at(place)(page, walk);
    await page.getByTestId(testId).click();
    return undefined;
  };
}

/** A chat with its field open: in elder mode the field is asked for first. */
async function writesIn(page: Page, chat: string): Promise<void> {
  await goes(page, chat);
  await expect(page.getByTestId("composer-input").or(page.getByTestId("elder-write")).first()).toBeAttached();
  await asksForField(page);
}

/** What the plus of a chat offers. */
async function offers(page: Page, chat: string, entry: string): Promise<undefined> {
  await writesIn(page, chat);
  await page.getByTestId("plus-open").click();
  await page.getByTestId(entry).click();
  await page.locator("dialog[open]").waitFor();
}

async function selects(page: Page, one: string, other: string): Promise<void> {
  await page.getByTestId("bubble").filter({ hasText: one }).last().click({ button: "right" });
  await page.getByTestId("select").click();
  await page.locator("article").filter({ hasText: other }).last().getByTestId("select-message").click();
}
