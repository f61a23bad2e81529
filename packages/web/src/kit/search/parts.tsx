/**
 * Shared parts of the global search and the search in a chat: the field, chips, and the row of a found message.
 */

import type { MessageHit } from "@yanshu/client";
import { Search as SearchIcon, X } from "lucide";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { locale, t } from "../../locales/i18n.ts";
import { Avatar, Mosaic } from "../../shell/avatar.tsx";
import { Icon } from "../../shell/icon.tsx";
import { Link } from "../../shell/link.tsx";
import { nowMs } from "../../shell/now.ts";
import { back } from "../../shell/router.ts";
import { kindLabel } from "../kind-words.ts";
import { screenKind } from "../kinds/index.ts";
import { personName } from "../person.ts";
import { languageOf } from "../text.ts";
import { isoTime, listTime } from "../time.ts";
import { titleOf } from "../title.ts";
import { rememberWord } from "./use-search.ts";
import "./search.css";

type SearchBarProps = {
  /** The heading for screen readers. */
  readonly title: string;
  readonly label: string;
  readonly query: string;
  readonly onQuery: (query: string) => void;
};

export function SearchBar({ title, label, query, onQuery }: SearchBarProps) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus({ preventScroll: true }), []);
  return (
    <header class="bar surface search-bar">
      <h1 class="sr">{title}</h1>
      <label class="field">
        <SearchIconSmall />
        <input
          ref={input}
          type="search"
          aria-label={label}
          placeholder={label}
          autocomplete="off"
          enterkeyhint="search"
          maxLength={200}
          value={query}
          data-testid="search-field"
          onInput={(event) => onQuery(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.isComposing || event.keyCode === 229) return;
            if (event.key === "Enter") rememberWord(query);
            if (event.key === "ArrowDown") {
              event.preventDefault();
              document.querySelector<HTMLElement>(".search-results .row")?.focus();
            }
          }}
        />
        {query !== "" && (
          <button
            type="button"
            class="clear"
            aria-label={t("action.clear")}
            onClick={() => {
              onQuery("");
              input.current?.focus();
            }}
          >
            <Icon of={X} size="xs" />
          </button>
        )}
      </label>
      <button type="button" class="tb" data-testid="search-cancel" onClick={back}>
        {t("action.cancel")}
      </button>
    </header>
  );
}

function SearchIconSmall() {
  return <Icon of={SearchIcon} size="s" />;
}

export function Chips({ children }: { children: ComponentChildren }) {
  return (
    <fieldset class="chips surface" aria-label={t("search.kinds")}>
      {children}
    </fieldset>
  );
}

type ChipProps = {
  readonly isOn: boolean;
  readonly testId: string;
  readonly onClick: () => void;
  readonly children: ComponentChildren;
};

export function Chip({ isOn, testId, onClick, children }: ChipProps) {
  return (
    <button type="button" class={isOn ? "on" : ""} aria-pressed={isOn} data-testid={testId} onClick={onClick}>
      {children}
    </button>
  );
}

/** `isHere`: all hits are in one chat, so a row names the sender, not the chat. */
export function HitRow({ hit, query, isHere }: { hit: MessageHit; query: string; isHere: boolean }) {
  const words = { today: t("time.today"), yesterday: t("time.yesterday") };
  const who = personName(hit.from);
  return (
    <Link
      to={{ name: "chat", id: hit.conversation, at: hit.order }}
      class="row"
      data-testid="hit"
      onPick={() => rememberWord(query)}
    >
      {isHere ? <Avatar face={hit.from.face} /> : <Mosaic faces={hit.faces} />}
      <span class="body">
        <span class="l1">
          <span class="name ell" lang={languageOf(isHere ? who : hit.title, locale.value)}>
            {isHere ? who : titleOf(hit)}
          </span>
          <time class="time" dateTime={isoTime(hit.atMs)}>
            {listTime(hit.atMs, nowMs.value, locale.value, words)}
          </time>
        </span>
        <span class="l2">
          <span class="prev ell" lang={languageOf(hit.before + hit.match + hit.after, locale.value)}>
            {!isHere && screenKind(hit.kind).isOfMany && t("chats.from", { name: who, text: "" })}
            {kindLabel(hit.of)}
            {hit.before}
            {hit.match !== "" && <mark>{hit.match}</mark>}
            {hit.after}
          </span>
        </span>
      </span>
    </Link>
  );
}
