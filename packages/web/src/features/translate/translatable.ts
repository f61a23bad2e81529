/**
 * What of a message is translated, from which language, and what the person is asked before (README.md WE25).
 */
import { signal } from "@preact/signals";
import { type ConversationView, type Fold, loadFold, type TimelineItem } from "@yanshu/client";
import { decide, translationOf } from "../../kit/translated.ts";
import { type Locale, locale, t } from "../../locales/i18n.ts";
import { confirm } from "../../shell/sheet.tsx";
import { toast } from "../../shell/toast.tsx";
import { fetchPair, hasTranslator, standingOf, translate } from "./engine.ts";
import { type Part, partsOf, translateParts, wordsOf } from "./kept.ts";
import { isForeign, othersThan, writtenIn } from "./written.ts";

export type Translatable = { readonly from: Locale; readonly to: Locale; readonly parts: readonly Part[] };

const fold = signal<Fold | undefined>(undefined);
let isFoldAsked = false;

/** The dictionary of the two scripts comes when it is first needed, and where there is a translator. */
function knownFold(): Fold | undefined {
  if (!isFoldAsked) {
    isFoldAsked = true;
    loadFold().then(
      (loaded) => {
        fold.value = loaded;
      },
      () => {
        isFoldAsked = false; // Without a network it may not be there yet; the next message asks again.
      },
    );
  }
  return fold.value;
}

/** A message that can be translated for the reader; undefined for any other. Followed while drawing. */
export function translatableOf(item: TimelineItem, view: ConversationView | undefined): Translatable | undefined {
  const { body } = item;
  if (body.kind !== "text" || !hasTranslator()) return undefined;
  const known = knownFold();
  if (known === undefined) return undefined;
  const names = view?.members.flatMap((member) => [member.name, member.calledHere]) ?? [];
  const parts = partsOf(body.text, body.mentions ?? [], [item.from.name, ...names]);
  const from = writtenIn(wordsOf(parts), known);
  const to = locale.value;
  if (from === undefined || from === to) return undefined;
  const standing = standingOf(from, to);
  return standing === undefined || standing === "unavailable" ? undefined : { from, to, parts };
}

/** Whether this browser can translate anything for the reader; undefined until it has said so. */
export function mayTranslate(): boolean | undefined {
  if (!hasTranslator()) return false;
  const to = locale.value;
  const standings = othersThan(to).map((from) => standingOf(from, to));
  if (standings.some((one) => one !== undefined && one !== "unavailable")) return true;
  return standings.includes(undefined) ? undefined : false;
}

/** What the chat shows both lines of needs nobody to ask for it, where nothing has to be fetched. */
export function isTranslated(chat: string, item: TimelineItem, { from, to }: Translatable): boolean {
  const why = translationOf(chat, item);
  return why === "asked" || (why === "both" && isForeign(from, to) && standingOf(from, to) === "available");
}

/** Shows it; first the person is asked, where the browser has to fetch something from its maker. */
export async function showTranslation(item: TimelineItem, { from, to }: Translatable): Promise<void> {
  if (standingOf(from, to) === "available") {
    decide(item, true);
    return;
  }
  const isMeant = await confirm({
    title: t("translate.fetch"),
    note: t("translate.fetchNote"),
    action: t("translate.fetchDo"),
  });
  if (!isMeant) return;
  decide(item, true);
  if (await fetchPair(from, to)) return;
  decide(item, false);
  toast(t("translate.failed"));
}

/** What was translated lately, for a person who comes back to a chat; gone when the app is closed. */
const recent = new Map<string, string>();
const recentMax = 300;

/** Rejects when the browser cannot. */
export async function translationIn({ from, to, parts }: Translatable): Promise<string> {
  const key = [from, to, ...parts.map(({ text, isKept }) => `${isKept ? "=" : "~"}${text}`)].join("\u0000");
  const known = recent.get(key);
  if (known !== undefined) return known;
  const words = await translateParts(parts, (line) => translate(from, to, line));
  recent.set(key, words);
  const [oldest] = recent.keys();
  if (recent.size > recentMax && oldest !== undefined) recent.delete(oldest);
  return words;
}
