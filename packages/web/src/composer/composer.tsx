/**
 * Composer: where one writes. The field is the browser's own and never rewritten while an IME composes;
 * the draft is kept per chat by the client.
 */

import type { ConversationView, TextExtras } from "@yanshu/client";
import { CirclePlus, Keyboard, Mic, Smile } from "lucide";
import { lazy, Suspense } from "preact/compat";
import { useEffect, useRef, useState } from "preact/hooks";
import { actionBy } from "../chat/actions.ts";
import { chatPart } from "../chat/part.ts";
import { pageItems } from "../chat/rows.ts";
import type { Field, Writing } from "../feature.ts";
import { type Aim, aimAt, aimOf, handedWords } from "../kit/aim.ts";
import { linkDrafts, noteFound, noteLink } from "../kit/links/drafts.ts";
import { firstLink, foundInHtml } from "../kit/links/found.ts";
import { isMessage } from "../kit/message.ts";
import { sendFiles } from "../kit/send-files.ts";
import { codeBefore } from "../kit/smileys/names.ts";
import { useSuggestions } from "../kit/use-suggestions.ts";
import { t } from "../locales/i18n.ts";
import { inChats, inLogs, loadInChats } from "../shell/features.ts";
import { Icon } from "../shell/icon.tsx";
import { Lazy } from "../shell/lazy.ts";
import { Goose } from "../shell/mark.tsx";
import { elder } from "../shell/prefs.ts";
import { go, route } from "../shell/router.ts";
import { api, attempt, peekView, succeeds } from "../shell/session.ts";
import { Slot } from "../shell/slot.tsx";
import { toast } from "../shell/toast.tsx";
import { columns, hasFinePointer } from "../shell/width.ts";
import { AimStrip } from "./aim-strip.tsx";
import { begun } from "./begun.ts";
import { createImeGuard, type ImeGuard } from "./ime.ts";
import { sendLong } from "./long-text.ts";
import { type Arrived, arrived, besideUnderway, isUnderway, restOf, setOut, typed } from "./underway.ts";

const FacesPanel = lazy(() =>
  Promise.all([import("./faces-panel.tsx"), loadInChats()]).then(([m]) => ({ default: m.FacesPanel })),
);
const plusPanel = chatPart((m) => m.PlusPanel);
const elderActions = chatPart((m) => m.ElderActions);
/** A link further on gets no card. */
const linkSoughtMax = 4_000;

type ComposerProps = { readonly id: string; readonly kind: ConversationView["kind"]; readonly draft: string };

export function Composer({ id, kind, draft }: ComposerProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  const [guard] = useState(createImeGuard);
  const [hasText, setHasText] = useState((typed.get(id) ?? draft).trim() !== "");
  const [link, setLink] = useState(() => firstLink(typed.get(id) ?? draft));
  const [wantsTalk, setTalking] = useState(false);
  const [panel, setPanel] = useState<"emoji" | "plus" | undefined>(undefined);
  const fitting = useSuggestions(field);
  const aim = aimOf(id);
  // In elder mode the field comes when it is asked for, or when there is something in it.
  const [isWriting, setWriting] = useState(false);
  // What was tapped before the chat was chosen holds until it is over, or something else is wanted.
  const start = begun.value?.chat === id ? begun.value.what : undefined;
  // Words that are answered, changed or handed over are written: the field comes back by itself.
  const isTalking = (wantsTalk || start === "talk") && aim === undefined && handedWords.value?.chat !== id;

  useEffect(() => {
    const element = field.current;
    if (element === null) return;
    element.value = typed.get(id) ?? draft;
    grow(element);
    if (hasFinePointer.peek()) element.focus({ preventScroll: true });
  }, [id]);

  useEffect(() => {
    if (start === "write") field.current?.focus();
  }, [start]);

  const endTalking = () => {
    begun.value = undefined;
    setTalking(false);
  };

  const changed = () => {
    const element = field.current;
    if (element === null) return;
    grow(element);
    setHasText(besideUnderway(id, element.value).trim() !== "");
    if (guard.isComposing()) return;
    setLink(firstLink(element.value.slice(0, linkSoughtMax)));
    typed.set(id, element.value);
    for (const one of writing) one.changed?.();
    fitting.look();
  };
  const words = () => {
    if (field.current !== null) typed.set(id, field.current.value);
    return typed.get(id) ?? "";
  };
  const writing = useWriting({ chat: id, kind, element: field, words, isUnderway: () => isUnderway(id), changed });
  const before = writing.flatMap((one) => one.before ?? []);
  const isFieldAsked = hasText || aim !== undefined || start === "write";
  const instead = isTalking || isFieldAsked ? undefined : writing.find((one) => one.instead !== undefined)?.instead;
  const isBig = instead === undefined && elder.value && !isWriting && !isFieldAsked;
  const left = () => {
    for (const one of writing) one.left?.();
  };
  const look = () => {
    if (guard.isComposing()) return;
    for (const one of writing) one.look?.();
  };

  useAim(id, field, changed);
  useEffect(() => {
    if (!isTalking) setTalking(false);
  }, [isTalking]);

  const send = () => {
    const raw = besideUnderway(id, field.current?.value ?? "");
    const text = raw.trim();
    if (text === "" || guard.isComposing()) return;
    left();
    aimAt(id, undefined);
    const change = aim?.change;
    void setOut(id, raw, change === undefined ? say(id, text, aim, writing) : () => succeeds(() => change.send(text)));
    changed();
  };

  useArrived(id, field, guard, ({ raw }) => {
    // With a message the client stores that nothing is left of its draft; of all else it is told.
    for (const one of writing) one.stored?.(raw);
    changed();
  });

  const toggle = (which: "emoji" | "plus") => {
    setPanel(panel === which ? undefined : which);
    if (panel === which) field.current?.focus();
  };

  const insert = (emoji: string) => {
    const element = field.current;
    if (element === null) return;
    element.setRangeText(emoji, element.selectionStart, element.selectionEnd, "end");
    changed();
  };

  return (
    <footer class={`comp ${columns.value > 1 ? "desk" : ""} ${hasText ? "has-text" : ""}`}>
      {aim !== undefined && (
        <AimStrip
          aim={aim}
          onClose={() => {
            dropAim(id, field.current);
            changed();
            field.current?.focus();
          }}
        />
      )}
      {link !== undefined && aim?.change === undefined && <Slot name="linkStrip" chat={id} url={link} />}
      {writing.map(({ above }) => above)}
      {fitting.words !== "" && aim?.change === undefined && (
        <Slot
          name="stickerStrip"
          chat={id}
          words={fitting.words}
          onFound={fitting.onFound}
          onSent={() => {
            if (field.current !== null) field.current.value = "";
            changed();
            left();
          }}
          onAway={() => {
            fitting.away();
            field.current?.focus();
          }}
        />
      )}
      {instead}
      {isBig && isTalking && (
        <div class="comp-in">
          <Slot name="talk" id={id} onDone={endTalking} />
        </div>
      )}
      {isBig && before.length > 0 && <div class="comp-in">{before}</div>}
      {isBig && !isTalking && (
        <Lazy
          of={elderActions}
          id={id}
          onTalk={() => setTalking(true)}
          onWrite={() => {
            setWriting(true);
            setPanel(undefined);
            // Within the tap, or a phone shows no keyboard.
            const element = field.current;
            if (element?.form == null) return;
            element.form.hidden = false;
            element.focus();
          }}
        />
      )}
      <form
        class="comp-in"
        hidden={isBig || instead !== undefined}
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        {before}
        <button
          type="button"
          class="ib"
          aria-label={isTalking ? t("compose.keyboard") : t("voice.title")}
          aria-pressed={isTalking}
          data-testid="talk"
          onClick={() => {
            if (elder.value) setWriting(false);
            begun.value = undefined;
            setTalking(!isTalking);
            setPanel(undefined);
          }}
        >
          <Icon of={isTalking ? Keyboard : Mic} />
        </button>
        {isTalking && <Slot name="talk" id={id} />}
        <textarea
          ref={field}
          class="box"
          hidden={isTalking}
          rows={1}
          aria-label={t("compose.hint")}
          placeholder={t("compose.hint")}
          enterkeyhint={hasFinePointer.value ? "send" : "enter"}
          data-testid="composer-input"
          onInput={() => {
            changed();
            look();
          }}
          onBeforeInput={(event: InputEvent) => {
            if (event.inputType === "deleteContentBackward" && !guard.isComposing()) takeWhole(event);
          }}
          onSelect={look}
          onPaste={(event) => {
            const files = [...(event.clipboardData?.files ?? [])];
            if (files.length === 0) {
              pasted(event, id, changed);
              return;
            }
            event.preventDefault();
            void sendFiles(id, files, false);
          }}
          onBlur={left}
          onCompositionStart={guard.started}
          onCompositionEnd={(event) => {
            guard.ended(event.timeStamp);
            changed();
            look();
          }}
          onFocus={() => {
            if (!hasFinePointer.peek()) setPanel(undefined);
          }}
          onKeyDown={(event) => {
            if (!guard.owns(event) && (writing.some(({ key }) => key?.(event)) || fitting.key(event))) return;
            if (event.key === "Escape" && panel !== undefined) {
              event.preventDefault();
              setPanel(undefined);
            } else if (event.key === "Escape" && aim !== undefined && !guard.owns(event)) {
              event.preventDefault();
              dropAim(id, field.current);
              changed();
            }
            if (event.key === "ArrowUp" && event.currentTarget.value === "" && !guard.owns(event)) {
              event.preventDefault();
              upAtLast(id);
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
          aria-label={panel === "emoji" ? t("compose.keyboard") : t("compose.emoji")}
          aria-expanded={panel === "emoji"}
          data-testid="emoji"
          onClick={() => toggle("emoji")}
        >
          <Icon of={panel === "emoji" ? Keyboard : Smile} />
        </button>
        <button
          type="button"
          class="ib plus-open"
          aria-label={t("plus.open")}
          aria-expanded={panel === "plus"}
          data-testid="plus-open"
          onClick={() => toggle("plus")}
        >
          <Icon of={CirclePlus} />
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
      {panel === "plus" && <Lazy of={plusPanel} id={id} kind={kind} onDone={() => setPanel(undefined)} />}
      {panel === "emoji" && (
        <Suspense fallback={<div class="panel" />}>
          <FacesPanel chat={id} onEmoji={insert} />
        </Suspense>
      )}
    </footer>
  );
}

/** Words as other messengers copy them: a list by hand may become one that all write on. */
function pasted(event: ClipboardEvent, chat: string, changed: () => void): void {
  const text = event.clipboardData?.getData("text/plain") ?? "";
  const html = event.clipboardData?.getData("text/html") ?? "";
  const found = html === "" ? undefined : foundInHtml(html, text);
  if (found !== undefined) void noteFound(chat, found);
  const element = event.currentTarget;
  if (text === "" || !(element instanceof HTMLTextAreaElement)) return;
  void loadInChats().then(() => {
    const [offer] = inChats().flatMap(({ pasted: offers }) => offers?.(chat, text) ?? []);
    if (offer === undefined) return;
    toast(t(offer.words), {
      label: t(offer.action),
      run: () => {
        element.value = "";
        changed();
        offer.run();
      },
    });
  });
}

/** One key takes a whole smiley, as it would an emoji; what the browser removes it can bring back. */
function takeWhole(event: InputEvent): void {
  const element = event.currentTarget;
  if (!(element instanceof HTMLTextAreaElement) || element.selectionStart !== element.selectionEnd) return;
  const length = codeBefore(element.value, element.selectionStart);
  if (length > 0) element.selectionStart -= length;
}

/** Sends a text with all that went along with it at the tap. It returns whether the client has it. */
function say(id: string, text: string, aim: Aim | undefined, writing: readonly Writing[]): () => Promise<boolean> {
  const link = linkOf(id, text);
  const extras: TextExtras = Object.assign({}, aim?.extras, ...writing.map((one) => one.extras?.(text)), link);
  return async () => {
    const long = sendLong(id, text);
    if (long !== undefined) {
      if (!(await long)) return false;
    } else {
      const sent = await attempt(() => api.sendText(id, text, extras));
      if (sent === undefined) return false;
      // The card of a link that was pasted meanwhile stays.
      if (link.link === undefined || linkDrafts.peek().get(id)?.url === link.link.url) noteLink(id, undefined);
    }
    // A person who was reading far up sees what they said.
    const here = route.peek();
    if (here.name === "chat" && here.at !== undefined) go({ name: "chat", id }, "replace");
    return true;
  };
}

/** The card of the link in it, if the person left it one with a title. */
function linkOf(id: string, text: string): Pick<TextExtras, "link"> {
  const draft = linkDrafts.peek().get(id);
  if (draft === undefined || draft.isAway || draft.title.trim() === "" || firstLink(text) !== draft.url) return {};
  const { url, title, thumb } = draft;
  return { link: { url, title: title.trim(), ...(thumb === undefined ? {} : { thumb }) } };
}

/** Up in an empty field: what can be done with the last that one said. */
function upAtLast(id: string): void {
  const last = peekView("timeline", id, pageItems)
    .peek()
    ?.items.findLast((item) => item.mine && isMessage(item));
  if (last !== undefined) actionBy("up", { chat: id, item: last, mayWrite: true, view: undefined })?.run();
}

/** Turning back from a change gives back what was in the field. */
function dropAim(id: string, element: HTMLTextAreaElement | null): void {
  const isChange = aimOf(id)?.change !== undefined;
  aimAt(id, undefined);
  if (isChange && element !== null) element.value = setAside.get(id) ?? "";
  setAside.delete(id);
}

/** What was in the field when a change began. */
const setAside = new Map<string, string>();

/** A change brings its words into the field, any other aim the focus; so do words that are handed over. */
function useAim(id: string, field: { readonly current: HTMLTextAreaElement | null }, changed: () => void): void {
  const aim = aimOf(id);
  const handed = handedWords.value;
  useEffect(() => {
    const element = field.current;
    if (element === null || aim === undefined) return;
    if (aim.change !== undefined) {
      setAside.set(id, element.value);
      element.value = aim.change.words;
      changed();
    }
    element.focus();
  }, [aim]);
  useEffect(() => {
    const element = field.current;
    if (element === null || handed?.chat !== id) return;
    handedWords.value = undefined;
    element.value += handed.words;
    changed();
    element.focus();
  }, [handed]);
}

/**
 * What features do while one writes, in the order of the list. Their hooks are the same ones at each drawing: the list
 * never changes.
 */
function useWriting(field: Field): readonly Writing[] {
  return inLogs().flatMap((log) => log.useWriting?.(field) ?? []);
}

/** The client has what was under way: only what was typed behind it stays in the field. */
function useArrived(
  id: string,
  field: { readonly current: HTMLTextAreaElement | null },
  guard: ImeGuard,
  then: (one: Arrived) => void,
): void {
  const latest = useRef(then);
  latest.current = then;
  // Told at once, and of each: a screen that is drawn late would miss all but the last.
  useEffect(() => {
    const known = arrived.peek();
    return arrived.subscribe((now) => {
      if (now === undefined || now === known || now.chat !== id) return;
      const cut = () => {
        const element = field.current;
        if (element === null) return;
        const rest = restOf(element.value, now.raw);
        if (rest !== element.value) element.value = rest;
        latest.current(now);
      };
      // What an input method is at work on is not taken from under it.
      if (guard.isComposing())
        field.current?.addEventListener("compositionend", () => queueMicrotask(cut), { once: true });
      else cut();
    });
  }, [id]);
}

/** Grows with its text where the browser does not do so by itself (`field-sizing`). */
function grow(element: HTMLTextAreaElement): void {
  if (CSS.supports("field-sizing", "content")) return;
  element.style.height = "auto";
  element.style.height = `${element.scrollHeight}px`;
}
