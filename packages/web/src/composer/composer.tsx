/**
 * Composer: where one writes. The field is the browser's own and never rewritten while an IME composes;
 * the draft is kept per chat by the client.
 */
import { Keyboard, Smile } from "lucide";
import { lazy, Suspense } from "preact/compat";
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../locales/i18n.ts";
import { Icon } from "../shell/icon.tsx";
import { Goose } from "../shell/mark.tsx";
import { api, attempt } from "../shell/session.ts";
import { columns, hasFinePointer } from "../shell/width.ts";
import { createImeGuard } from "./ime.ts";
import { splitText } from "./split.ts";

const EmojiPanel = lazy(() => import("./emoji-panel.tsx").then((m) => ({ default: m.EmojiPanel })));
const draftPauseMs = 400;

/** What is in the field now, by chat: a draft that the client has not stored yet is not lost by going back. */
const typed = new Map<string, string>();

export function Composer({ id, draft }: { id: string; draft: string }) {
  const field = useRef<HTMLTextAreaElement>(null);
  const [guard] = useState(createImeGuard);
  const [hasText, setHasText] = useState((typed.get(id) ?? draft).trim() !== "");
  const [isPanelOpen, setPanelOpen] = useState(false);
  const keep = useDraft(id, field);

  useEffect(() => {
    const element = field.current;
    if (element === null) return;
    element.value = typed.get(id) ?? draft;
    grow(element);
    if (hasFinePointer.peek()) element.focus({ preventScroll: true });
  }, [id]);

  const changed = () => {
    const element = field.current;
    if (element === null) return;
    grow(element);
    setHasText(element.value.trim() !== "");
    if (!guard.isComposing()) keep.later();
  };

  const send = () => {
    const element = field.current;
    const text = element?.value.trim() ?? "";
    if (element === null || text === "" || guard.isComposing()) return;
    element.value = "";
    changed();
    keep.now();
    void sendAll(id, splitText(text)).then((unsent) => {
      // Refused before it was even stored (such as a full disk): the words go back where they were.
      if (unsent === "" || element.value !== "") return;
      element.value = unsent;
      changed();
    });
  };

  const insert = (emoji: string) => {
    const element = field.current;
    if (element === null) return;
    element.setRangeText(emoji, element.selectionStart, element.selectionEnd, "end");
    changed();
  };

  return (
    <footer class={`comp ${columns.value > 1 ? "desk" : ""}`}>
      <form
        class="comp-in"
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <textarea
          ref={field}
          class="box"
          rows={1}
          aria-label={t("compose.hint")}
          placeholder={t("compose.hint")}
          enterkeyhint={hasFinePointer.value ? "send" : "enter"}
          data-testid="composer-input"
          onInput={changed}
          onBlur={keep.now}
          onCompositionStart={guard.started}
          onCompositionEnd={(event) => {
            guard.ended(event.timeStamp);
            changed();
          }}
          onFocus={() => {
            if (!hasFinePointer.peek()) setPanelOpen(false);
          }}
          onKeyDown={(event) => {
            if (event.key === "Escape" && isPanelOpen) {
              event.preventDefault();
              setPanelOpen(false);
            }
            if (event.key !== "Enter" || event.shiftKey || guard.owns(event)) return;
            if (!hasFinePointer.peek() && !event.ctrlKey && !event.metaKey) return;
            event.preventDefault();
            send();
          }}
        />
        <button
          type="button"
          class="ib"
          aria-label={isPanelOpen ? t("compose.keyboard") : t("compose.emoji")}
          aria-expanded={isPanelOpen}
          data-testid="emoji"
          onClick={() => {
            setPanelOpen(!isPanelOpen);
            if (isPanelOpen) field.current?.focus();
          }}
        >
          <Icon of={isPanelOpen ? Keyboard : Smile} />
        </button>
        {columns.value > 1 && <span class="enter-note">{t("compose.enter")}</span>}
        <button
          type="submit"
          class={`send ${hasText ? "on" : ""}`}
          aria-label={t("compose.send")}
          aria-disabled={!hasText}
          data-testid="send"
          // The field keeps the focus, so that a phone's keyboard stays up.
          onPointerDown={(event) => event.preventDefault()}
        >
          <Goose />
        </button>
      </form>
      {isPanelOpen && (
        <Suspense fallback={<div class="panel" />}>
          <EmojiPanel onPick={insert} />
        </Suspense>
      )}
    </footer>
  );
}

/** Sends part after part, in order; answers what was not taken. */
async function sendAll(id: string, parts: readonly string[]): Promise<string> {
  for (const [place, part] of parts.entries()) {
    const sent = await attempt(() => api.sendText(id, part));
    if (sent === undefined) return parts.slice(place).join("");
  }
  return "";
}

function useDraft(id: string, field: { readonly current: HTMLTextAreaElement | null }) {
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const stored = useRef<string | undefined>(undefined);
  const now = () => {
    clearTimeout(timer.current);
    const text = field.current?.value ?? typed.get(id) ?? "";
    typed.set(id, text);
    if (stored.current === text || (stored.current === undefined && text === "")) return;
    stored.current = text;
    void api.setDraft(id, text).catch(() => undefined); // It stays in the field; the next change tries again.
  };
  const later = () => {
    if (field.current !== null) typed.set(id, field.current.value);
    clearTimeout(timer.current);
    timer.current = setTimeout(now, draftPauseMs);
  };
  useEffect(() => {
    addEventListener("pagehide", now);
    return () => {
      removeEventListener("pagehide", now);
      now();
    };
  }, [id]);
  return { now, later };
}

/** Grows with its text where the browser does not do so by itself (`field-sizing`). */
function grow(element: HTMLTextAreaElement): void {
  if (CSS.supports("field-sizing", "content")) return;
  element.style.height = "auto";
  element.style.height = `${element.scrollHeight}px`;
}
