/**
 * Content that another app shared: the person picks a chat, and the text is put into its composer, not sent yet.
 */
import { useEffect, useState } from "preact/hooks";
import { handedWords } from "../../kit/aim.ts";
import { noteFound } from "../../kit/links/drafts.ts";
import { clean, firstLink } from "../../kit/links/found.ts";
import { languageOf } from "../../kit/text.ts";
import { titleOf } from "../../kit/title.ts";
import { locale, t } from "../../locales/i18n.ts";
import { Mosaic } from "../../shell/avatar.tsx";
import { TopBar } from "../../shell/bar.tsx";
import { Nothing } from "../../shell/nothing.tsx";
import { go } from "../../shell/router.ts";
import { useView } from "../../shell/session.ts";
import "./link-cards.css";

type Handed = { readonly title: string; readonly text: string; readonly url: string };
/** Kept by the service worker between the other app and this screen; taken once. */
const sharedCache = "yanshu-shared";

export function Shared() {
  const [handed, setHanded] = useState<Handed | "none" | undefined>(undefined);
  const rows = (useView("chats") ?? []).filter(({ state }) => state === "open");
  useEffect(() => void takeHanded().then((taken) => setHanded(taken ?? "none")), []);
  if (handed === "none") {
    return (
      <section class="screen">
        <TopBar title={t("share.title")} />
        <Nothing title={t("share.none")} />
      </section>
    );
  }
  const words = handed === undefined ? "" : wordsOf(handed);
  const url = firstLink(words);
  /** Title for the link's preview; without a link the title is part of the text. */
  const title = handed === undefined || url === undefined ? "" : clean(handed.title);
  const hand = (chat: string) => {
    if (url !== undefined && title !== "") void noteFound(chat, { url, title });
    go({ name: "chat", id: chat }, "replace");
    handedWords.value = { chat, words };
  };
  return (
    <section class="screen" data-testid="share">
      <TopBar title={t("share.title")} />
      <div class="scroll surface">
        <p class="share-words ell" lang={languageOf(title === "" ? words : title, locale.value)}>
          {title !== "" && <b class="ell">{title}</b>}
          {words}
        </p>
        {rows.map((row) => (
          <button
            key={row.conversation}
            type="button"
            class="row"
            data-testid="share-chat"
            onClick={() => hand(row.conversation)}
          >
            <Mosaic faces={row.faces} />
            <span class="body">
              <span class="l1 middle">
                <span class="name ell" lang={languageOf(row.title, locale.value)}>
                  {titleOf(row)}
                </span>
              </span>
            </span>
          </button>
        ))}
      </div>
    </section>
  );
}

/** With the title only where there is no link to carry it. */
function wordsOf({ title, text, url }: Handed): string {
  const link = firstLink(`${text}\n${url}`);
  const said = text.includes(url) ? text : `${text}\n${url}`;
  return (link === undefined && !text.includes(title) ? `${title}\n${said}` : said).trim();
}

async function takeHanded(): Promise<Handed | undefined> {
  if (!("caches" in globalThis)) return undefined;
  const cache = await caches.open(sharedCache);
  const held = await cache.match("/shared.json");
  await caches.delete(sharedCache);
  if (held === undefined) return undefined;
  const handed = (await held.json()) as Handed; // Written by our own service worker, so its shape is known.
  return `${handed.title}${handed.text}${handed.url}`.trim() === "" ? undefined : handed;
}
