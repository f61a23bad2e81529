/**
 * Menu: the buttons that a bot set for its account (docs/spec/bridge.md PA13). It lies in the account's folder, with
 * the people who were shown it.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ServiceButton, ServiceMenu } from "@yanshu/client";
import { serviceLimits } from "@yanshu/content";
import { type Json, listIn, wordsIn } from "./said.ts";

const { buttonsMax, belowMax, wordsMax, keyMax, urlMax } = serviceLimits;

/** Undefined where it is no menu of WeChat's. What a press would do that is not there here is told as a key. */
export function menuIn(body: Json): ServiceMenu | undefined {
  const buttons = listIn(body["button"]);
  if (buttons.length === 0 || buttons.length > buttonsMax) return undefined;
  const read = buttons.map((button) => {
    const below = listIn(button["sub_button"]);
    if (below.length === 0) return actIn(button);
    const words = wordsOf(button);
    const acts = below.map(actIn);
    if (words === undefined || below.length > belowMax || acts.includes(undefined)) return undefined;
    return { words, below: acts as ServiceButton[] };
  });
  return read.includes(undefined) ? undefined : { buttons: read as ServiceButton[] };
}

function wordsOf(button: Json): string | undefined {
  const words = wordsIn(button["name"]);
  return words === "" || words.length > wordsMax || /\p{Cc}/u.test(words) ? undefined : words;
}

function actIn(button: Json): ServiceButton | undefined {
  const words = wordsOf(button);
  const [key, url] = [wordsIn(button["key"]), wordsIn(button["url"])];
  if (words === undefined || key.length > keyMax || url.length > urlMax) return undefined;
  const isWay = button["type"] === "view" || button["type"] === "miniprogram";
  if (isWay) return URL.canParse(url) ? { words, url } : undefined;
  return key === "" ? undefined : { words, key };
}

type Held = { readonly body: Json; readonly n: number; readonly shown: readonly (readonly [string, number])[] };

/** A file that cannot be read, after a power cut say, is none: the bot sets its menu again. */
function heldAt(path: string): Partial<Held> {
  try {
    return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

export class MenuShelf {
  private readonly path: string;
  private body: Json | undefined;
  /** Rises with each menu. */
  private n = 0;
  private readonly shown: Map<string, number>;

  constructor(folder: string) {
    this.path = join(folder, "bridge-menu.json");
    const held = heldAt(this.path);
    this.body = held.body;
    this.n = held.n ?? 0;
    this.shown = new Map(held.shown ?? []);
  }

  /** As the bot set it; undefined where it set none. */
  current(): Json | undefined {
    return this.body;
  }

  private menu(): ServiceMenu {
    return (this.body && menuIn(this.body)) ?? { buttons: [] };
  }

  /** Whether a button of the menu of now is told by this key. */
  hasKey(key: string): boolean {
    return this.menu()
      .buttons.flatMap(({ below = [], ...button }) => [button, ...below])
      .some((one) => one.key === key);
  }

  /** @param body undefined: it takes its menu away. */
  set(body: Json | undefined): void {
    this.body = body;
    this.n += 1;
    this.keep();
  }

  /** What this person is to be shown; undefined where they have it. */
  dueFor(openid: string): ServiceMenu | undefined {
    const seen = this.shown.get(openid) ?? 0;
    if (seen === this.n || (seen === 0 && this.body === undefined)) return undefined;
    return this.menu();
  }

  isShownTo(openid: string): void {
    this.shown.set(openid, this.n);
    this.keep();
  }

  /** Whole, or not at all. */
  private keep(): void {
    const held = { ...(this.body && { body: this.body }), n: this.n, shown: [...this.shown] };
    writeFileSync(`${this.path}.new`, JSON.stringify(held), { mode: 0o600 });
    renameSync(`${this.path}.new`, this.path);
  }
}
