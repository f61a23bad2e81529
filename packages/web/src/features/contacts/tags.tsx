/**
 * Tags of contacts, and the contacts of each tag.
 */
import type { ContactRow } from "@yanshu/client";
import { languageOf } from "../../kit/text.ts";
import { locale, t } from "../../locales/i18n.ts";
import { Avatar } from "../../shell/avatar.tsx";
import { TopBar } from "../../shell/bar.tsx";
import { useKeptScroll } from "../../shell/kept-scroll.ts";
import { Link } from "../../shell/link.tsx";
import { Nothing } from "../../shell/nothing.tsx";
import { useView } from "../../shell/session.ts";

export function Tags() {
  const contacts = useView("contacts");
  const scroll = useKeptScroll<HTMLDivElement>("tags");
  const tags = peopleByTag(contacts ?? []);
  return (
    <section class="screen">
      <TopBar title={t("contacts.tags")} />
      <div ref={scroll} class="scroll surface">
        {contacts !== undefined && tags.length === 0 && (
          <Nothing title={t("contacts.noTags")} note={t("contacts.noTagsNote")} />
        )}
        {tags.map(([tag, people]) => (
          <section key={tag} data-testid="tag" aria-label={tag}>
            <h2 class="sec" lang={languageOf(tag, locale.value)}>
              {tag} ({people.length})
            </h2>
            {people.map((row) => (
              <Link key={row.account} to={{ name: "contact", id: row.account }} class="row sm">
                <Avatar face={row.face} size="sm" />
                <span class="body">
                  <span class="l1 middle">
                    <span class="name ell" lang={languageOf(row.name, locale.value)}>
                      {row.name}
                    </span>
                  </span>
                </span>
              </Link>
            ))}
          </section>
        ))}
      </div>
    </section>
  );
}

function peopleByTag(contacts: readonly ContactRow[]): readonly (readonly [string, readonly ContactRow[]])[] {
  const byTag = Map.groupBy(
    contacts.flatMap((row) => row.tags.map((tag) => ({ tag, row }))),
    ({ tag }) => tag,
  );
  return [...byTag].map(([tag, entries]) => [tag, entries.map(({ row }) => row)] as const);
}
