/**
 * Contacts: on top links to other pages (requests, groups, tags, the chat with oneself), then starred contacts, then
 * everybody by the initial of their name in pinyin or zhuyin; at the side the index of initials.
 */
import type { ContactRow } from "@yanshu/client";
import { Ban, FolderSync, type IconNode, ScanLine, Search, ShieldCheck, Tag, UserPlus, UsersRound, X } from "lucide";
import { useMemo, useRef, useState } from "preact/hooks";
import type { VListHandle } from "virtua";
import { InitialIndex } from "../kit/initial-index.tsx";
import { PersonName } from "../kit/person-name.tsx";
import { groupByInitial, indexInitials, matchesContact, star } from "../kit/pinyin.ts";
import { useInitials, useReader } from "../kit/use-reader.ts";
import { type MessageId, t } from "../locales/i18n.ts";
import { Avatar } from "../shell/avatar.tsx";
import { TabBar } from "../shell/bar.tsx";
import { Icon } from "../shell/icon.tsx";
import { Link } from "../shell/link.tsx";
import { Badge } from "../shell/navigation.tsx";
import { Nothing } from "../shell/nothing.tsx";
import { go, route } from "../shell/router.ts";
import { api, attempt, useStatus, useView } from "../shell/session.ts";
import { VirtualRows } from "../shell/virtual-rows.tsx";

export function Contacts() {
  const contacts = useView("contacts");
  const requests = useStatus()?.requests ?? 0;
  const [query, setQuery] = useState("");
  const reader = useReader();
  const initials = useInitials();
  const list = useRef<VListHandle | null>(null);
  const groups = useMemo(
    () =>
      groupByInitial(
        (contacts ?? []).filter((row) => matchesContact(row, query, reader)),
        reader,
        initials,
      ),
    [contacts, query, reader, initials],
  );
  const isSearching = query.trim() !== "";
  const functions = isSearching ? [] : functionRows(requests);
  const rows = [
    ...functions,
    ...groups.flatMap(({ initial, rows: people }) => [
      <h2 key={`initial ${initial}`} class="sec">
        {initial === star ? t("contacts.starred") : initial}
      </h2>,
      ...people.map((row) => <Person key={`${initial} ${row.account}`} row={row} />),
    ]),
  ];
  // Index of each initial's first row.
  const places = new Map<string, number>();
  let place = functions.length;
  for (const group of groups) {
    places.set(group.initial, place);
    place += group.rows.length + 1;
  }
  const count = contacts?.length ?? 0;
  if (count > 0 && !isSearching) {
    rows.push(
      <p key="count" class="count-line">
        {t("contacts.count", { n: count })}
      </p>,
    );
  }

  return (
    <section class="screen" aria-label={t("tab.contacts")} aria-busy={contacts === undefined}>
      <TabBar
        title={t("tab.contacts")}
        end={
          <Link to={{ name: "scan" }} class="ib" aria-label={t("contacts.add")} data-testid="add-friend">
            <Icon of={UserPlus} />
          </Link>
        }
      />
      {count > 0 && <SearchField query={query} onQuery={setQuery} />}
      <div class="stretch" data-testid="contacts">
        {contacts !== undefined && rows.length === 0 ? (
          <p class="none">{t("contacts.none", { q: query.trim() })}</p>
        ) : (
          <VirtualRows
            label={t("tab.contacts")}
            keep={isSearching ? "contacts found" : "contacts"}
            handle={(handle) => {
              list.current = handle;
            }}
          >
            {rows}
            {contacts?.length === 0 && !isSearching ? <Empty key="empty" /> : null}
          </VirtualRows>
        )}
        {!isSearching && groups.length > 1 && (
          <InitialIndex
            initials={[star, ...indexInitials[initials]]}
            has={(initial) => places.has(initial)}
            onInitial={(initial) => list.current?.scrollToIndex(places.get(initial) ?? 0, { align: "start" })}
          />
        )}
      </div>
    </section>
  );
}

/** The rows above the contacts, as WeChat has them. */
function functionRows(requests: number) {
  const here = route.value.name;
  return [
    <Link
      key="requests"
      to={{ name: "requests" }}
      class={`row sm ${here === "requests" ? "sel" : ""}`}
      data-testid="requests"
    >
      <span class="av ch sm p6 flat" aria-hidden="true">
        <Icon of={UserPlus} size="s" />
      </span>
      <span class="body">
        <span class="l1 middle">
          <span class="name">{t("requests.title")}</span>
          <Badge count={requests} words="requests.count" />
        </span>
      </span>
    </Link>,
    <Place key="groups" to={{ name: "groups" }} icon={UsersRound} pigment={1} words="contacts.groups" />,
    <Place key="tags" to={{ name: "tags" }} icon={Tag} pigment={4} words="contacts.tags" />,
    <button
      key="own"
      type="button"
      class="row sm"
      data-testid="own"
      onClick={() => void attempt(() => api.openOwn()).then((id) => id !== undefined && go({ name: "chat", id }))}
    >
      <PlaceInside icon={FolderSync} pigment={2} words="chats.own" />
    </button>,
  ];
}

type PlaceProps = { readonly icon: IconNode; readonly pigment: number; readonly words: MessageId };

function Place({ to, ...inside }: PlaceProps & { to: { readonly name: "groups" | "tags" } }) {
  const isHere = route.value.name === to.name;
  return (
    <Link to={to} class={`row sm ${isHere ? "sel" : ""}`} data-testid={to.name}>
      <PlaceInside {...inside} />
    </Link>
  );
}

function PlaceInside({ icon, pigment, words }: PlaceProps) {
  return (
    <>
      <span class={`av ch sm p${pigment} flat`} aria-hidden="true">
        <Icon of={icon} size="s" />
      </span>
      <span class="body">
        <span class="l1 middle">
          <span class="name">{t(words)}</span>
        </span>
      </span>
    </>
  );
}

function Empty() {
  return (
    <Nothing title={t("contacts.empty")} note={t("chats.emptyHint")}>
      <Link to={{ name: "my-qr" }} class="btn fill">
        {t("qr.title")}
      </Link>
      <Link to={{ name: "scan" }} class="btn soft">
        <Icon of={ScanLine} size="s" />
        {t("scan.title")}
      </Link>
    </Nothing>
  );
}

function SearchField({ query, onQuery }: { query: string; onQuery: (query: string) => void }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <div class="surface search-line">
      <label class="field">
        <Icon of={Search} size="s" />
        <input
          ref={input}
          type="search"
          aria-label={t("contacts.searchLabel")}
          placeholder={t("contacts.search")}
          autocomplete="off"
          data-testid="contacts-search"
          onInput={(event) => onQuery(event.currentTarget.value)}
        />
        {query !== "" && (
          <button
            type="button"
            class="clear"
            aria-label={t("action.clear")}
            onClick={() => {
              if (input.current !== null) input.current.value = "";
              onQuery("");
              input.current?.focus();
            }}
          >
            <Icon of={X} size="xs" />
          </button>
        )}
      </label>
    </div>
  );
}

function Person({ row }: { row: ContactRow }) {
  const here = route.value;
  const isHere = here.name === "contact" && here.id === row.account;
  return (
    <Link
      to={{ name: "contact", id: row.account }}
      class={`row sm ${isHere ? "sel" : ""}`}
      data-testid="contact-row"
      data-account={row.account}
    >
      <Avatar face={row.face} size="sm" />
      <span class="body">
        <span class="l1 middle">
          <PersonName row={row} />
          {row.blocked && (
            <span class="muted-mark" role="img" aria-label={t("friend.blocked")}>
              <Icon of={Ban} size="s" />
            </span>
          )}
          {row.trust === "scanned" && (
            <span class="verified" role="img" aria-label={t("trust.scanned")}>
              <Icon of={ShieldCheck} size="s" />
            </span>
          )}
        </span>
      </span>
    </Link>
  );
}
