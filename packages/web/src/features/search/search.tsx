/**
 * Global search: people and groups by name, and messages, while somebody types. The query stays on this device.
 */
import type { ContactRow, FavouriteHit, GroupRow } from "@yanshu/client";
import { Bookmark, ChevronRight } from "lucide";
import { useEffect, useMemo, useState } from "preact/hooks";
import { GroupBody } from "../../kit/group-body.tsx";
import { PersonName } from "../../kit/person-name.tsx";
import { matchesContact, matchesName, type Reader } from "../../kit/pinyin.ts";
import { findHandle, handleIn } from "../../kit/scan/find-handle.ts";
import { Chip, Chips, HitRow, SearchBar } from "../../kit/search/parts.tsx";
import { Tiles } from "../../kit/search/tiles.tsx";
import { recentWords, rememberWord, useSearch } from "../../kit/search/use-search.ts";
import { languageOf } from "../../kit/text.ts";
import { useReader } from "../../kit/use-reader.ts";
import { locale, t } from "../../locales/i18n.ts";
import { Avatar } from "../../shell/avatar.tsx";
import { useBusy } from "../../shell/busy.ts";
import { Icon } from "../../shell/icon.tsx";
import { Link } from "../../shell/link.tsx";
import { api, attempt, useView } from "../../shell/session.ts";
import { Slot } from "../../shell/slot.tsx";
import { walk } from "../../shell/virtual-rows.tsx";

/** Rows of each section before a tap on "more". */
const few = 3;
const many = 100;
type Kind = "all" | "media" | "file" | "link";

/** Kept while the app runs, so that going back from a hit returns to the same results. */
let lastQuery = "";

export function Search() {
  const [query, setQuery] = useState(lastQuery);
  const [kind, setKind] = useState<Kind>("all");
  const [open, setOpen] = useState<"contacts" | "groups" | "messages" | "favourites" | undefined>(undefined);
  const wanted = query.trim();
  const type = (next: string) => {
    lastQuery = next;
    setQuery(next);
    setOpen(undefined);
  };
  const people = useNames(wanted);
  const found = useSearch(wanted, kind === "all" ? {} : { kind }, wanted !== "" || kind !== "all");
  const contacts = kind === "all" ? people.contacts : [];
  const groups = kind === "all" ? people.groups : [];
  const kept = useFavourites(kind === "all" ? wanted : "");
  const [posts, setPosts] = useState({ query: "", count: 0 });
  const [programs, setPrograms] = useState({ query: "", count: 0 });
  const isNone = (of: typeof posts) => kind !== "all" || (of.query === wanted && of.count === 0);
  const isNothing =
    isNone(posts) &&
    isNone(programs) &&
    found.answers === wanted &&
    contacts.length + groups.length + kept.length + found.hits.length === 0;
  const handle = kind === "all" ? handleIn(wanted) : undefined;
  const shown = <T,>(section: typeof open, rows: readonly T[]) => rows.slice(0, open === section ? many : few);
  return (
    <section class="screen search" aria-label={t("search.title")}>
      <SearchBar title={t("search.title")} label={t("search.hint")} query={query} onQuery={type} />
      <Chips>
        <Chip isOn={kind === "all"} testId="kind-all" onClick={() => setKind("all")}>
          {t("search.all")}
        </Chip>
        <Chip isOn={kind === "media"} testId="kind-media" onClick={() => setKind("media")}>
          {t("search.media")}
        </Chip>
        <Chip isOn={kind === "file"} testId="kind-file" onClick={() => setKind("file")}>
          {t("gallery.files")}
        </Chip>
        <Chip isOn={kind === "link"} testId="kind-link" onClick={() => setKind("link")}>
          {t("search.links")}
        </Chip>
      </Chips>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: arrows walk the rows, which are links. */}
      <div class="scroll search-results" data-testid="search-results" onKeyDown={walk}>
        {kind === "all" && (
          <Slot name="foundPrograms" query={wanted} onFound={(query, count) => setPrograms({ query, count })} />
        )}
        {wanted === "" && kind === "all" && <Recent onPick={type} />}
        {contacts.length > 0 && (
          <Section
            title={t("search.contacts")}
            onMore={contacts.length > few && open !== "contacts" ? () => setOpen("contacts") : undefined}
          >
            {shown("contacts", contacts).map((row) => (
              <Person key={row.account} row={row} query={wanted} />
            ))}
          </Section>
        )}
        {groups.length > 0 && (
          <Section
            title={t("search.groups")}
            onMore={groups.length > few && open !== "groups" ? () => setOpen("groups") : undefined}
          >
            {shown("groups", groups).map((row) => (
              <Group key={row.conversation} row={row} query={wanted} reader={people.reader} />
            ))}
          </Section>
        )}
        {kind === "media" && <Tiles hits={found.hits} />}
        {kind === "media" && found.hasMore && (
          <button type="button" class="more" data-testid="search-more" onClick={found.more}>
            {t("search.more")}
          </button>
        )}
        {kind !== "media" && found.hits.length > 0 && (
          <Section
            title={t("search.messages")}
            onMore={
              open !== "messages" && found.hits.length > few
                ? () => setOpen("messages")
                : open === "messages" && found.hasMore
                  ? found.more
                  : undefined
            }
          >
            {(open === "messages" ? found.hits : found.hits.slice(0, few)).map((hit) => (
              <HitRow key={`${hit.conversation} ${hit.order}`} hit={hit} query={wanted} isHere={false} />
            ))}
          </Section>
        )}
        {kept.length > 0 && (
          <Section
            title={t("me.favourites")}
            onMore={kept.length > few && open !== "favourites" ? () => setOpen("favourites") : undefined}
          >
            {shown("favourites", kept).map((one) => (
              <Favourite key={one.id} hit={one} query={wanted} />
            ))}
          </Section>
        )}
        {kind === "all" && wanted !== "" && (
          <Slot name="foundMoments" query={wanted} onFound={(query, count) => setPosts({ query, count })} />
        )}
        {handle !== undefined && <FindUsername key={handle} handle={handle} />}
        {isNothing && handle === undefined && (
          <p class="none" role="status">
            {t("search.none", { q: wanted })}
          </p>
        )}
        <p class="note search-note">{t(handle === undefined ? "search.local" : "handle.findNote")}</p>
      </div>
    </section>
  );
}

/** A row for a query that has the form of a handle: home is asked only after a tap. */
function FindUsername({ handle }: { handle: string }) {
  const [isLooking, run] = useBusy();
  const look = () => run(() => findHandle(handle));
  return (
    <section class="surface">
      <button type="button" class="more" aria-busy={isLooking} data-testid="find-handle" onClick={() => void look()}>
        {t("handle.find", { handle })}
        <Icon of={ChevronRight} size="s" />
      </button>
    </section>
  );
}

/** Favourites that match the query; the answer to an outdated query is dropped. */
function useFavourites(query: string): readonly FavouriteHit[] {
  const [found, setFound] = useState<readonly FavouriteHit[]>([]);
  const all = useView("favourites");
  useEffect(() => {
    let isLatest = true;
    if (query === "") setFound([]);
    else void attempt(() => api.searchFavourites(query)).then((hits) => isLatest && setFound(hits ?? []));
    return () => {
      isLatest = false;
    };
  }, [query, all]);
  return found;
}

function Favourite({ hit, query }: { hit: FavouriteHit; query: string }) {
  return (
    <Link to={{ name: "favourites" }} class="row sm" data-testid="found-favourite" onPick={() => rememberWord(query)}>
      <span class="ico">
        <Icon of={Bookmark} />
      </span>
      <span class="body">
        <span class="l2">
          <span class="prev ell" lang={languageOf(hit.before + hit.match + hit.after, locale.value)}>
            {hit.before}
            {hit.match !== "" && <mark>{hit.match}</mark>}
            {hit.after}
          </span>
        </span>
      </span>
    </Link>
  );
}

function useNames(query: string) {
  const contacts = useView("contacts");
  const groups = useView("groups");
  const reader = useReader();
  return useMemo(() => {
    if (query === "") return { contacts: [], groups: [], reader };
    return {
      contacts: (contacts ?? []).filter((row) => matchesContact(row, query, reader)),
      groups: (groups ?? []).filter((row) => matchesName([row.title, ...row.members], query, reader)),
      reader,
    };
  }, [contacts, groups, query, reader]);
}

function Recent({ onPick }: { onPick: (query: string) => void }) {
  const words = recentWords.value;
  if (words.length === 0) return <p class="none">{t("search.names")}</p>;
  return (
    <section>
      <h2 class="sec">{t("search.recent")}</h2>
      <div class="chips surface">
        {words.map((word) => (
          <button key={word} type="button" lang={languageOf(word, locale.value)} onClick={() => onPick(word)}>
            {word}
          </button>
        ))}
      </div>
    </section>
  );
}

type SectionProps = {
  readonly title: string;
  readonly onMore: (() => void) | undefined;
  readonly children: preact.ComponentChildren;
};

function Section({ title, onMore, children }: SectionProps) {
  return (
    <section class="surface">
      <h2 class="sec">{title}</h2>
      {children}
      {onMore !== undefined && (
        <button type="button" class="more" data-testid="search-more" onClick={onMore}>
          {t("search.more")}
          <Icon of={ChevronRight} size="s" />
        </button>
      )}
    </section>
  );
}

function Person({ row, query }: { row: ContactRow; query: string }) {
  const to =
    row.conversation === undefined || row.blocked
      ? ({ name: "contact", id: row.account } as const)
      : ({ name: "chat", id: row.conversation } as const);
  return (
    <Link to={to} class="row sm" data-testid="found-contact" onPick={() => rememberWord(query)}>
      <Avatar face={row.face} size="sm" />
      <span class="body">
        <span class="l1 middle">
          <PersonName row={row} />
        </span>
      </span>
    </Link>
  );
}

function Group({ row, query, reader }: { row: GroupRow; query: string; reader: Reader }) {
  const isByMember = !matchesName([row.title], query, reader);
  const members = isByMember ? row.members.filter((name) => matchesName([name], query, reader)) : row.members;
  return (
    <Link
      to={{ name: "chat", id: row.conversation }}
      class="row"
      data-testid="found-group"
      onPick={() => rememberWord(query)}
    >
      <GroupBody row={row} below={t("search.members", { names: members.slice(0, few).join(t("person.and")) })} />
    </Link>
  );
}
