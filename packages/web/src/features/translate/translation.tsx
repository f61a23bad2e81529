/**
 * Under the words of a message, in its bubble: what they mean in the reader's language, and by whom that was said. The
 * message itself stands above it as it was written.
 */
import type { TimelineItem } from "@yanshu/client";
import { Languages } from "lucide";
import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { decide } from "../../kit/translated.ts";
import { t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import { useView } from "../../shell/session.ts";
import { toast } from "../../shell/toast.tsx";
import { fetchedShare, standingOf, stopFetching } from "./engine.ts";
import { showTranslation, type Translatable, translatableOf, translationIn } from "./translatable.ts";
import { isForeign } from "./written.ts";
import "../../styles/translate.css";

type TranslationProps = {
  readonly chat: string;
  readonly item: TimelineItem;
  /** Asked for this message; or the chat shows both lines, of messages in another language. */
  readonly why: "asked" | "both";
};

export function Translation({ chat, item, why }: TranslationProps) {
  const view = useView("conversation", chat);
  const said = translatableOf(item, view);
  if (said === undefined || (why === "both" && !isForeign(said.from, said.to))) return null;
  const share = fetchedShare(said.from, said.to);
  if (share !== undefined) {
    return (
      <div class="trans-by">
        <span class="trans-wait">{t("translate.fetching", { n: Math.floor(share * 100) })}</span>
        <button type="button" data-testid="translate-stop" onClick={() => stopFetching(said.from, said.to)}>
          {t("action.cancel")}
        </button>
      </div>
    );
  }
  if (standingOf(said.from, said.to) === "available") return <Both item={item} said={said} why={why} />;
  return (
    <div class="trans-by">
      <button type="button" data-testid="translate-here" onClick={() => void showTranslation(item, said)}>
        <Icon of={Languages} size="xs" />
        {t("menu.translate")}
      </button>
    </div>
  );
}

function Both({ item, said, why }: { item: TimelineItem; said: Translatable; why: "asked" | "both" }) {
  const place = useRef<HTMLDivElement>(null);
  const isSeen = useSeen(place, why === "asked");
  const [words, setWords] = useState<string | undefined>(undefined);
  const text = said.parts.map((part) => part.text).join("");
  useEffect(() => {
    let isHere = true;
    setWords(undefined);
    if (!isSeen) return;
    translationIn(said).then(
      (translated) => {
        if (isHere) setWords(translated);
      },
      () => {
        if (!isHere || why !== "asked") return;
        decide(item, false);
        toast(t("translate.failed"));
      },
    );
    return () => {
      isHere = false;
    };
  }, [isSeen, text, said.from, said.to]);
  if (words === undefined) {
    return (
      <div ref={place} class="trans-wait">
        {isSeen && <span class="late">{t("translate.working")}</span>}
      </div>
    );
  }
  return (
    <div class="trans" data-testid="translation">
      <p lang={said.to}>{words}</p>
      <div class="trans-by">
        <button type="button" data-testid="translation-off" onClick={() => decide(item, false)}>
          <Icon of={Languages} size="xs" />
          {t("translate.by")} · {t("translate.off")}
        </button>
      </div>
    </div>
  );
}

/** What nobody looks at need not be translated: true from when it first was in sight. */
function useSeen(place: RefObject<HTMLElement | null>, isAsked: boolean): boolean {
  const [isSeen, setSeen] = useState(isAsked);
  useEffect(() => {
    const element = place.current;
    if (isSeen || element === null) return;
    const observer = new IntersectionObserver((entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) setSeen(true);
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [place, isSeen]);
  return isSeen || isAsked;
}
