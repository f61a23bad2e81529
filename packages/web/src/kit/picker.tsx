/**
 * Picking contacts: a strip of the picked ones, a search, and all contacts from A to Z with checkboxes.
 */
import type { ContactRow, Hex } from "@yanshu/client";
import { Check, Search, X } from "lucide";
import type { ComponentChildren } from "preact";
import { useMemo, useState } from "preact/hooks";
import { locale, t } from "../locales/i18n.ts";
import { Avatar } from "../shell/avatar.tsx";
import { useBusy } from "../shell/busy.ts";
import { Icon } from "../shell/icon.tsx";
import { Link } from "../shell/link.tsx";
import { Nothing } from "../shell/nothing.tsx";
import { back } from "../shell/router.ts";
import { VirtualRows } from "../shell/virtual-rows.tsx";
import { afterTap } from "./picked.ts";
import { groupByInitial, matchesContact, star } from "./pinyin.ts";
import { languageOf } from "./text.ts";
import { useInitials, useReader } from "./use-reader.ts";

type PickerProps = {
  readonly contacts: readonly ContactRow[] | undefined;
  readonly onDone: (accounts: readonly Hex[]) => Promise<void>;
  /** Exactly this number must be picked. Absent: any number up to `atMost`. */
  readonly exactly?: number;
  readonly atMost?: number;
  /** Picked at the start. */
  readonly first?: readonly Hex[];
  /** Picking nobody is allowed too, such as to remove all earlier picks. */
  readonly mayBeNobody?: boolean;
  readonly title?: string;
  /** Label of the button once somebody is picked. */
  readonly words?: (picked: number) => string;
  readonly onCancel?: () => void;
  /** Further choices, shown once somebody is picked. */
  readonly children?: ComponentChildren;
};

export function Picker(props: PickerProps) {
  const { contacts, onDone, exactly, atMost = exactly, first = [], title, words, onCancel = back, children } = props;
  const [picked, setPicked] = useState<readonly ContactRow[]>(() =>
    first.flatMap((account) => contacts?.find((row) => row.account === account) ?? []),
  );
  const [query, setQuery] = useState("");
  const [isBusy, run] = useBusy();
  const reader = useReader();
  const initials = useInitials();
  const groups = useMemo(
    () =>
      groupByInitial(
        (contacts ?? []).filter((row) => !row.blocked && matchesContact(row, query, reader)),
        reader,
        initials,
      ).filter(({ initial }) => initial !== star), // Everybody once.
    [contacts, query, reader, initials],
  );
  const isPicked = (row: ContactRow) => picked.some((one) => one.account === row.account);
  const isFull = picked.length === atMost;
  const isEnough = exactly === undefined ? picked.length > 0 || props.mayBeNobody === true : isFull;
  const toggle = (row: ContactRow) => setPicked(afterTap(picked, row, atMost));
  const done = () => run(() => onDone(picked.map((row) => row.account)));

  return (
    <section class="screen">
      <header class="bar surface">
        <button type="button" class="tb" onClick={onCancel}>
          {t("action.cancel")}
        </button>
        <div class="mid">
          <h1 class="title">{title ?? t("group.pick")}</h1>
        </div>
        <button
          type="button"
          class="btn fill sm bar-btn"
          disabled={!isEnough}
          aria-busy={isBusy}
          data-testid="picked-done"
          onClick={() => void done()}
        >
          {picked.length === 0 ? t("action.done") : (words?.(picked.length) ?? t("group.done", { n: picked.length }))}
        </button>
      </header>
      {picked.length > 0 && (
        <ul class="picked surface">
          {picked.map((row) => (
            <li key={row.account}>
              <button type="button" onClick={() => toggle(row)}>
                <span class="sr">{t("group.remove")}: </span>
                <span class="avw">
                  <Avatar face={row.face} />
                  <span class="unpick">
                    <Icon of={X} size="xs" />
                  </span>
                </span>
                <span class="ell">{row.name}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      {picked.length > 0 && children !== undefined && <div class="group surface">{children}</div>}
      <div class="surface search-line">
        <label class="field">
          <Icon of={Search} size="s" />
          <input
            type="search"
            aria-label={t("contacts.searchLabel")}
            placeholder={t("contacts.search")}
            autocomplete="off"
            onInput={(event) => setQuery(event.currentTarget.value)}
          />
        </label>
      </div>
      <div class="stretch">
        {contacts?.length === 0 ? (
          <Nothing title={t("group.nobody")} note={t("chats.emptyHint")}>
            <Link to={{ name: "my-qr" }} class="btn fill">
              {t("qr.title")}
            </Link>
          </Nothing>
        ) : groups.length === 0 && query !== "" ? (
          <p class="none">{t("contacts.none", { q: query.trim() })}</p>
        ) : (
          <VirtualRows label={t("group.pick")} keep="picker">
            {groups.flatMap(({ initial, rows }) => [
              <h2 key={`initial ${initial}`} class="sec">
                {initial}
              </h2>,
              ...rows.map((row) => (
                <button
                  key={row.account}
                  type="button"
                  aria-pressed={isPicked(row)}
                  disabled={isFull && !isPicked(row)}
                  class="row sm"
                  data-testid="pick"
                  data-account={row.account}
                  onClick={() => toggle(row)}
                >
                  <span class={`tickbox ${isPicked(row) ? "on" : ""}`}>
                    {isPicked(row) && <Icon of={Check} size="xs" />}
                  </span>
                  <Avatar face={row.face} size="sm" />
                  <span class="body">
                    <span class="l1 middle">
                      <span class="name ell" lang={languageOf(row.name, locale.value)}>
                        {row.name}
                      </span>
                    </span>
                  </span>
                </button>
              )),
            ])}
          </VirtualRows>
        )}
      </div>
    </section>
  );
}
