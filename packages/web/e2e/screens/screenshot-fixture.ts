/**
 * The household of the pictures: 小雁, whose screens they are, her family on two sides of an ocean, and the autumn of
 * 2026 up to the evening of the moon festival. What they say is made up.
 */
import { type Browser, expect, type Page } from "@playwright/test";
import { type BrowserSetup, type Chosen, phone } from "../browser-setup.ts";
import { settled } from "../look.ts";
import { contactLink, goes, scanDevice } from "../people.ts";
import { makeSteady, setClock } from "./steady.ts";
import type { Studio } from "./studio.ts";

/** “25 18:40”: a day of September 2026 and the clock, at home. */
export type Moment = `${number} ${number}:${number}`;
export const evening: Moment = "25 19:20";
export const zone = "Asia/Shanghai";

export function shiftTo(moment: Moment): number {
  const [day, clock] = moment.split(" ");
  return Date.parse(`2026-09-${day}T${clock}:10+08:00`) - Date.now();
}

export type ScreenshotFixture = {
  readonly me: Page;
  /** Has moved in a moment ago, and knows nobody. */
  readonly fresh: Page;
  /** Was asked by link, and has not answered yet. */
  readonly guest: Page;
  readonly group: string;
  readonly mum: string;
  readonly kevin: string;
  readonly gran: string;
};

export async function screenshotFixture(
  setup: BrowserSetup,
  browser: Browser,
  studio: Studio,
): Promise<ScreenshotFixture> {
  const world = new FixtureBuilder(setup, browser, studio);
  await world.meet();
  await world.settleDown();
  await world.weeks();
  await world.today();
  return world.end();
}

class FixtureBuilder {
  private readonly setup: BrowserSetup;
  private readonly browser: Browser;
  private readonly studio: Studio;
  private readonly people = new Map<string, Page>();
  private now: Moment = "12 10:00";
  private link = "";
  private group = "";
  private crew = "";

  constructor(setup: BrowserSetup, browser: Browser, studio: Studio) {
    this.setup = setup;
    this.browser = browser;
    this.studio = studio;
  }

  /** 小雁 moves in, and all others come by her link. */
  async meet(): Promise<void> {
    const me = await this.arrives("小雁", this.setup.invite, "maya");
    this.link = await contactLink(me);
    for (const [name, face] of [
      ["外婆"],
      ["外公", "grandpa"],
      ["妈妈", "mum"],
      ["爸爸"],
      ["Kevin", "kevin"],
      ["美玲阿姨", "aunt"],
      ["Emily Carter", "emily"],
      ["Great-grandmother Margaret"],
    ] as const) {
      const page = await this.arrives(name, this.link, face);
      await page.getByTestId("send-request").click();
      await goes(me, "/contacts/requests");
      await me.getByTestId("request-row").filter({ hasText: name }).getByTestId("request-accept").click();
      await expect(page.getByTestId("conversation")).toHaveAttribute("data-state", "open");
    }
  }

  /** Groups, remarks, tags, a name to be found by, stickers, a tablet. */
  async settleDown(): Promise<void> {
    const me = this.of("小雁");
    await this.at("13 20:10");
    this.crew = await this.makesGroup("设计组 Design crew", ["Emily Carter", "Kevin"]);
    this.group = await this.makesGroup("一家人", ["外婆", "外公", "妈妈", "爸爸", "Kevin", "美玲阿姨"]);
    await this.notes("外婆", "+86 571 5550 0142", "牙口不好，菜要煮烂一点。", ["家人", "中秋名单"]);
    await this.notes("妈妈", "+86 571 5550 0187", "", ["家人"]);
    await this.notes("Emily Carter", "", "", ["同事"]);
    await goes(me, "/me/settings/privacy");
    await me.getByTestId("handle").click();
    await me.getByTestId("handle-field").fill("xiaoyan");
    await me.getByTestId("handle-save").click();
    await expect(me.getByTestId("handle-sheet")).toHaveCount(0);
    await this.hasStickers(me);
    const tablet = await this.profile("平板");
    await tablet.goto(this.setup.origin);
    await tablet.getByTestId("used").click();
    await scanDevice(me, tablet);
    await tablet.getByTestId("join-yes").click();
    await me.getByTestId("words-same").click();
    await expect(tablet.getByTestId("chats")).toBeVisible({ timeout: 30_000 });
    await goes(me, "/");
    await me.getByTestId("chat-row").filter({ hasText: "一家人" }).click({ button: "right" });
    await me.getByTestId("row-pin").click();
  }

  async weeks(): Promise<void> {
    const { group } = this;
    await this.says("外婆", group, "13 20:14", "这下人齐了。");
    await this.says("美玲阿姨", group, "13 20:16", "大家好，我在臺北，中秋一定到！");
    await this.says("妈妈", group, "20 18:02", "中秋都回外婆家吃饭，先说说想吃什么");
    await this.asks("妈妈", "中秋晚饭吃什么？", ["饺子", "大闸蟹", "火锅"]);
    for (const [who, choice] of [
      ["外婆", 0],
      ["外公", 0],
      ["美玲阿姨", 0],
      ["Kevin", 2],
      ["小雁", 1],
    ] as const) {
      const page = await this.in(who, group);
      await page.getByTestId("poll-option").nth(choice).click();
      await expect(page.getByTestId("poll-option").nth(choice)).not.toHaveAttribute("data-count", "0");
    }
    await this.at("20 18:30");
    await this.startsList("爸爸", "中秋带菜接龙", "一人一样，别带重了", "外婆：饺子两盘");
    for (const [who, line] of [
      ["妈妈", "糖醋排骨"],
      ["Kevin", "Apple pie"],
      ["美玲阿姨", "鳳梨酥一盒"],
    ] as const) {
      const page = await this.in(who, group);
      await page.getByTestId("chain-add").last().click();
      await page.getByTestId("ask-field").fill(line);
      await page.getByTestId("ask-yes").click();
      await expect(page.getByTestId("chain-line").filter({ hasText: line })).toBeVisible();
    }
    await this.withMum();
    await this.withKevin();
    await this.says("外婆", this.chat("外婆"), "23 07:40", "雁儿，天凉了，出门多穿一件。");
    await this.says("小雁", this.chat("外婆"), "23 07:52", "知道啦，外婆也是 ❤️");
    await this.says(
      "Great-grandmother Margaret",
      this.chat("Great-grandmother Margaret"),
      "23 21:05",
      "Happy Mid-Autumn to you all, dear. Is it true that one eats the moon?",
    );
    await this.says("Emily Carter", this.crew, "24 09:30", "Poster drafts are in. Moon A is calm, moon B is bold.");
    const me = await this.in("小雁", this.crew);
    await expect(me.getByTestId("bubble").last()).toContainText("Poster drafts");
    await this.sends("爸爸", group, "24 18:20", ["market", "garden", "noodles"], "今天早市买的，够不够？");
    await this.says("Kevin", group, "24 20:31", "I land Friday at 3. Can someone pick me up?");
    await this.quotes("爸爸", group, "24 20:33", "I land Friday", "我去接你，三点半出口见");
    await this.says("美玲阿姨", group, "24 20:35", "鳳梨酥帶好了，明天見！");
    await this.reacts("小雁", group, "鳳梨酥帶好了", "❤️");
    await this.announces("周五六点，外婆家开饭。\n带件外套，晚上在院子里看月亮。");
  }

  async today(): Promise<void> {
    const { group } = this;
    await this.isAsked();
    await this.says("妈妈", this.chat("妈妈"), "25 12:10", "下班直接过来吗？");
    await this.says("小雁", this.chat("妈妈"), "25 12:12", "对，六点前到。要带什么？");
    await this.says("妈妈", this.chat("妈妈"), "25 12:13", "人来就好 🥮");
    await this.says("Kevin", this.chat("Kevin"), "25 15:34", "Landed! Dad is here, with a sign that says 凯文.");
    await this.calls("Emily Carter", this.crew, "25 16:05", "@xiaoyan", "小雁", "which moon do you like, A or B?");
    await this.says("Emily Carter", this.chat("Emily Carter"), "25 16:20", "Have a lovely moon festival!");
    await this.says("Emily Carter", this.chat("Emily Carter"), "25 16:21", "Save me a mooncake, the salty kind");
    await this.talks("外婆", group, "25 17:48", 6_200);
    await this.says("小雁", group, "25 17:50", "马上到！要不要带酱油？");
    await this.says("妈妈", group, "25 17:52", "要，再带一袋冰糖");
    await this.sends("外公", group, "25 18:40", ["moon"], "月亮出来了");
    for (const who of ["小雁", "妈妈", "Kevin"]) await this.reacts(who, group, "月亮出来了", "❤️");
    await this.reacts("美玲阿姨", group, "月亮出来了", "🎉");
    await this.stickers("Kevin", group, "25 18:42", "真好吃", "dumplings/yum");
    await this.says("外婆", group, "25 18:44", "快来吃，趁热 🥟");
    await this.says("小雁", group, "25 19:05", "月饼切好了，下楼赏月吧");
    await this.keeps();
    await this.posts("小雁", "今晚的月亮，一年里最圆的一次。");
    const me = await this.in("小雁", this.chat("Great-grandmother Margaret"));
    await me.getByTestId("composer-input").fill("Only the small ones, ");
    await goes(me, "/");
    await expect(me.getByTestId("chat-row").filter({ hasText: "Only the small ones" })).toBeVisible();
  }

  private async posts(who: string, words: string): Promise<void> {
    const page = this.of(who);
    await goes(page, "/moments/new");
    await page.getByTestId("compose-text").fill(words);
    await page.getByTestId("compose-post").click();
    await goes(page, "/moments");
    await expect(page.getByTestId("moment").filter({ hasText: words })).toBeVisible();
  }

  /** Who asks, and who looks on: last, so that they are news. */
  async end(): Promise<ScreenshotFixture> {
    const me = this.of("小雁");
    await this.at("25 19:10");
    for (const [name, greeting] of [
      ["王老师", "我是王老师，孩子们想请你讲一堂画月亮的课"],
      ["Leo Park", "Hi, we met at the lantern fair"],
    ] as const) {
      const page = await this.arrives(name, this.link);
      await page.getByTestId("greeting").fill(greeting);
      await page.getByTestId("send-request").click();
      await expect(page.getByTestId("conversation")).toHaveAttribute("data-state", "request-out");
    }
    const fresh = await this.arrives("小林", this.setup.invite);
    const guest = await this.arrives("小周", this.link);
    await expect(guest.getByTestId("invite-card")).toBeVisible();
    await this.at(evening);
    const { group } = this;
    return {
      me,
      fresh,
      guest,
      group,
      mum: this.chat("妈妈"),
      kevin: this.chat("Kevin"),
      gran: this.chat("外婆"),
    };
  }

  /** Somebody has the group's link, and waits until 小雁 lets them in. */
  private async isAsked(): Promise<void> {
    await this.at("24 21:10");
    const me = this.of("小雁");
    await goes(me, `${this.group}/info`);
    await me.getByTestId("approval").click();
    await expect(me.getByTestId("approval")).toHaveAttribute("aria-checked", "true");
    await goes(me, `${this.group}/qr`);
    await me.getByTestId("make-link").click();
    await me.getByTestId("days-7").click();
    await me.getByTestId("make-link-yes").click();
    await expect(me.getByTestId("group-link")).toHaveAttribute("data-link", /#g\//);
    const invitation = (await me.getByTestId("group-link").getAttribute("data-link")) ?? "";
    const cousin = await this.arrives("表哥阿伟", invitation);
    await cousin.getByTestId("join-group").click();
    await goes(me, `${this.group}/asking`);
    await expect(me.getByTestId("asking-row")).toBeVisible();
  }

  private async withMum(): Promise<void> {
    const chat = this.chat("妈妈");
    await this.at("22 19:30");
    const mum = await this.in("妈妈", chat);
    await pastes(mum, "https://example.org/jiaozi", "曾祖母的饺子怎么包");
    await expect(mum.getByTestId("link-title")).toHaveValue("曾祖母的饺子怎么包");
    await mum.getByTestId("send").click();
    await expect(mum.getByTestId("link-card")).toBeVisible();
    await this.says("小雁", chat, "22 19:32", "收好了！馅里要放多少姜？");
    await this.says("妈妈", chat, "22 19:33", "一小块就够，外婆不爱吃姜");
    await this.at("22 19:40");
    const me = await this.in("小雁", chat);
    await this.chooses(me, "plus-file", [
      { name: "茉莉花_四声部_中秋音乐会.pdf", mimeType: "application/pdf", buffer: Buffer.alloc(1_260_000, 7) },
    ]);
    await me.getByTestId("ready-send").click();
    await expect(me.getByTestId("file")).toBeVisible();
    await me.getByTestId("plus-open").click();
    await me.getByTestId("plus-card").click();
    await me.locator("label").filter({ hasText: "Emily Carter" }).getByTestId("pick-card-who").check();
    await me.getByTestId("pick-card-send").click();
    await expect(me.getByTestId("person-card")).toBeVisible();
    await this.at("22 19:46");
    await mum.getByTestId("plus-open").click();
    await mum.getByTestId("plus-location").click();
    await expect(mum.getByTestId("place-found")).toBeVisible();
    await mum.getByTestId("place-name").fill("外婆家，南山路 27 号");
    await mum.getByTestId("place-send").click();
    await expect(mum.getByTestId("place")).toBeVisible();
  }

  private async withKevin(): Promise<void> {
    const chat = this.chat("Kevin");
    await this.at("23 10:12");
    const kevin = await this.in("Kevin", chat);
    await this.chooses(kevin, "plus-photo", [await this.studio.film("lake", "lake")]);
    await kevin.getByTestId("ready-send").click();
    await expect(kevin.getByTestId("video")).toBeVisible({ timeout: 30_000 });
    await this.says("Kevin", chat, "23 10:13", "Last swim before I fly");
    await this.says("小雁", chat, "23 10:20", "Beautiful. Is that Tahoe?");
    await this.quotes("Kevin", chat, "23 10:21", "Is that Tahoe?", "It is! Bring the family next year");
    await this.stickers("小雁", chat, "23 10:23", "谢谢", "goose/thanks");
  }

  /** Favourites, and a record of two messages on its way to her mother. */
  private async keeps(): Promise<void> {
    const me = await this.in("小雁", this.group);
    await me.getByTestId("bubble").filter({ hasText: "一袋冰糖" }).click({ button: "right" });
    await me.getByTestId("keep").click();
    await this.in("小雁", this.chat("外婆"));
    await me.getByTestId("bubble").filter({ hasText: "天凉了" }).click({ button: "right" });
    await me.getByTestId("keep").click();
    await this.in("小雁", this.group);
    await me.getByTestId("bubble").filter({ hasText: "I land Friday" }).first().click({ button: "right" });
    await me.getByTestId("select").click();
    await me.locator("article").filter({ hasText: "三点半出口见" }).getByTestId("select-message").click();
    await me.getByTestId("select-forward").click();
    await me.getByTestId("forward-merged").click();
    await me.locator("label").filter({ hasText: "妈妈" }).first().getByTestId("forward-chat").click();
    await me.getByTestId("forward-send").click();
    await expect(me.getByTestId("select-bar")).toHaveCount(0);
  }

  private of(name: string): Page {
    const page = this.people.get(name);
    if (page === undefined) throw new Error(`nobody is called ${name}`);
    return page;
  }

  private readonly chats = new Map<string, string>();
  /** The path of the chat of 小雁 and somebody, which is the same for both. */
  private chat(name: string): string {
    const path = this.chats.get(name);
    if (path === undefined) throw new Error(`no chat with ${name}`);
    return path;
  }

  private async profile(name: string): Promise<Page> {
    const locale = /^[A-Z]/.test(name) ? "en-US" : "zh-CN";
    const page = await this.setup.guest({ ...phone, locale }, this.browser, {
      timezoneId: zone,
      geolocation: { latitude: 30.246, longitude: 120.1551 },
      permissions: ["geolocation", "clipboard-read", "clipboard-write"],
    });
    await makeSteady(page.context(), name, shiftTo(this.now));
    this.people.set(name, page);
    return page;
  }

  private async arrives(name: string, link: string, face?: string): Promise<Page> {
    const page = await this.profile(name);
    await this.setup.settle(page, name, link, face === undefined ? undefined : await this.studio.face(face));
    return page;
  }

  /** So late it is now, for everybody. */
  private async at(moment: Moment): Promise<void> {
    this.now = moment;
    for (const page of this.people.values()) await setClock(page, shiftTo(moment));
  }

  private async in(name: string, chat: string): Promise<Page> {
    const page = this.of(name);
    if (new URL(page.url()).pathname !== chat) await goes(page, chat);
    await expect(page.getByTestId("conversation")).toHaveAttribute("data-state", "open");
    return page;
  }

  private async says(name: string, chat: string, moment: Moment, text: string): Promise<void> {
    await this.at(moment);
    const page = await this.in(name, chat);
    await page.getByTestId("composer-input").fill(text);
    await page.getByTestId("send").click();
    await this.isSent(page, text);
  }

  private async calls(
    who: string,
    chat: string,
    moment: Moment,
    typed: string,
    called: string,
    text: string,
  ): Promise<void> {
    await this.at(moment);
    const page = await this.in(who, chat);
    const field = page.getByTestId("composer-input");
    await field.pressSequentially(typed);
    await page.getByTestId("mention-option").filter({ hasText: called }).click();
    await field.pressSequentially(text);
    await page.getByTestId("send").click();
    await this.isSent(page, text);
  }

  private async isSent(page: Page, text: string): Promise<void> {
    const mine = page.locator("[data-testid=bubble][data-mine]").filter({ hasText: text }).last();
    await expect(mine).toHaveAttribute("data-state", "sent");
  }

  private async quotes(name: string, chat: string, moment: Moment, of: string, text: string): Promise<void> {
    const page = await this.in(name, chat);
    await page.getByTestId("bubble").filter({ hasText: of }).last().click({ button: "right" });
    await page.getByTestId("quote").click();
    await this.says(name, chat, moment, text);
  }

  private async reacts(name: string, chat: string, to: string, emoji: string): Promise<void> {
    const page = await this.in(name, chat);
    await page.getByTestId("bubble").filter({ hasText: to }).last().click({ button: "right" });
    await page.locator(`[data-testid="react"][data-emoji="${emoji}"]`).click();
    await expect(page.locator(`[data-testid="reaction"][data-emoji="${emoji}"]`).last()).toBeVisible();
  }

  private async stickers(name: string, chat: string, moment: Moment, word: string, sticker: string): Promise<void> {
    await this.at(moment);
    const page = await this.in(name, chat);
    await page.getByTestId("composer-input").fill(word);
    await page.locator(`[data-testid=sticker-strip] [data-sticker="${sticker}"]`).click();
    await expect(page.getByTestId("sticker").last()).toBeVisible();
  }

  private async sends(
    name: string,
    chat: string,
    moment: Moment,
    art: readonly string[],
    caption: string,
  ): Promise<void> {
    await this.at(moment);
    const page = await this.in(name, chat);
    const photos: Chosen[] = [];
    for (const [place, one] of art.entries()) photos.push(await this.studio.photo(one, `IMG_${2041 + place}`));
    await this.chooses(page, "plus-photo", photos);
    await page.getByTestId("preview-caption").fill(caption);
    await page.getByTestId("preview-send").click();
    await expect(page.getByTestId("photos").last()).toContainText(caption);
    await this.isSent(page, caption);
  }

  private async chooses(page: Page, entry: string, files: readonly Chosen[]): Promise<void> {
    if (!(await page.getByTestId("plus-panel").isVisible())) await page.getByTestId("plus-open").click();
    const chooser = page.waitForEvent("filechooser");
    await page.getByTestId(entry).click();
    await (await chooser).setFiles([...files]);
  }

  private async talks(name: string, chat: string, moment: Moment, ms: number): Promise<void> {
    await this.at(moment);
    const page = await this.in(name, chat);
    await page.getByTestId("talk").click();
    await page.getByTestId("talk-hold").click();
    await page.waitForTimeout(ms);
    await page.getByTestId("talk-send").click();
    await expect(page.getByTestId("voice")).toBeVisible();
    await page.getByTestId("talk").click();
  }

  private async asks(name: string, question: string, options: readonly string[]): Promise<void> {
    const page = await this.in(name, this.group);
    await page.getByTestId("plus-open").click();
    await page.getByTestId("plus-poll").click();
    await page.getByTestId("poll-question").fill(question);
    for (const [place, option] of options.entries()) {
      if (place > 1) await page.getByTestId("poll-more").click();
      await page.getByTestId("poll-new-option").nth(place).fill(option);
    }
    await page.getByTestId("poll-start").click();
    await expect(page.getByTestId("poll-option")).toHaveCount(options.length);
  }

  private async startsList(name: string, title: string, note: string, first: string): Promise<void> {
    const page = await this.in(name, this.group);
    await page.getByTestId("plus-open").click();
    await page.getByTestId("plus-chain").click();
    await page.getByTestId("chain-title").fill(title);
    await page.getByTestId("chain-note").fill(note);
    await page.getByTestId("chain-seeds").fill(first);
    await page.getByTestId("chain-start").click();
    await expect(page.getByTestId("chain-line")).toHaveCount(1);
  }

  private async announces(text: string): Promise<void> {
    const me = this.of("小雁");
    await goes(me, `${this.group}/info`);
    await me.getByTestId("announce").click();
    await me.getByTestId("announce-field").fill(text);
    await me.getByTestId("announce-save").click();
    await expect(me.getByTestId("announcement-sheet")).toHaveCount(0);
  }

  private async makesGroup(title: string, names: readonly string[]): Promise<string> {
    const me = this.of("小雁");
    await goes(me, "/new-group");
    for (const name of names) await me.getByTestId("pick").filter({ hasText: name }).click();
    await me.getByTestId("picked-done").click();
    await me.getByTestId("ask-field").fill(title);
    await me.getByTestId("ask-yes").click();
    await expect(me.getByTestId("title")).toContainText(title);
    await expect(me.getByTestId("conversation")).toHaveAttribute("data-state", "open");
    for (const [name, page] of this.people) {
      if (name === "小雁") continue;
      if (!this.chats.has(name)) this.chats.set(name, new URL(page.url()).pathname);
    }
    return new URL(me.url()).pathname;
  }

  private async notes(name: string, phoneNumber: string, text: string, tags: readonly string[]): Promise<void> {
    const me = this.of("小雁");
    await goes(me, "/contacts");
    await settled(me); // Who has a star moves up.
    await me.getByTestId("contact-row").filter({ hasText: name }).first().click();
    if (phoneNumber !== "") {
      await me.getByTestId("contact-phone").click();
      await me.getByTestId("ask-field").fill(phoneNumber);
      await me.getByTestId("ask-yes").click();
    }
    if (text !== "") {
      await me.getByTestId("contact-description").click();
      await me.getByTestId("description-field").fill(text);
      await me.getByTestId("description-save").click();
      await me.getByTestId("contact-star").click();
      await expect(me.getByTestId("contact-star")).toHaveAttribute("aria-checked", "true");
    }
    await me.getByTestId("contact-tags").click();
    for (const tag of tags) {
      await me.getByTestId("tag-field").fill(tag);
      await me.getByTestId("tag-add").click();
    }
    await me.getByTestId("tags-save").click();
    await expect(me.getByTestId("tag-sheet")).toHaveCount(0);
  }

  /** One of her own, made of a photo, and one that she liked. */
  private async hasStickers(me: Page): Promise<void> {
    await goes(me, "/me/stickers");
    for (const [art, name] of [
      ["cat", "外婆的猫"],
      ["crayon", "我画的月亮"],
      ["tea", "喝茶"],
    ] as const) {
      await me.getByTestId("sticker-input").setInputFiles(await this.studio.photo(art, art, 480, 480));
      await me.getByTestId("sticker-name").fill(name);
      await me.getByTestId("sticker-save").click();
      await expect(me.getByTestId("own-sticker").filter({ hasText: name })).toBeVisible();
    }
  }
}

/** As a browser pastes what was copied on a page: the link, with its title beside it. */
async function pastes(page: Page, url: string, title: string): Promise<void> {
  await page.getByTestId("composer-input").evaluate(
    (field, [url = "", title = ""]) => {
      const data = new DataTransfer();
      data.setData("text/plain", url);
      data.setData("text/html", `<a href="${url}">${title}</a>`);
      const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
      if (!field.dispatchEvent(event) || !(field instanceof HTMLTextAreaElement)) return;
      field.setRangeText(url, 0, 0, "end");
      field.dispatchEvent(new InputEvent("input", { bubbles: true }));
    },
    [url, title],
  );
}
