/**
 * All groups of the person by name, also those that are hidden from the list of chats.
 */
import { useMemo } from "preact/hooks";
import { GroupBody } from "../../kit/group-body.tsx";
import { useReader } from "../../kit/use-reader.ts";
import { t } from "../../locales/i18n.ts";
import { TopBar } from "../../shell/bar.tsx";
import { Link } from "../../shell/link.tsx";
import { Nothing } from "../../shell/nothing.tsx";
import { useView } from "../../shell/session.ts";
import { VirtualRows } from "../../shell/virtual-rows.tsx";

const namesShown = 4;

export function Groups() {
  const groups = useView("groups");
  const reader = useReader();
  const sorted = useMemo(() => {
    const reading = (title: string) => reader.syllables(title).join(" ");
    return groups?.toSorted((a, b) => (reading(a.title) < reading(b.title) ? -1 : 1));
  }, [groups, reader]);
  return (
    <section class="screen">
      <TopBar title={t("contacts.groups")} />
      <div class="stretch">
        {sorted?.length === 0 ? (
          <Nothing title={t("contacts.noGroups")}>
            <Link to={{ name: "new-group" }} class="btn fill">
              {t("group.new")}
            </Link>
          </Nothing>
        ) : (
          <VirtualRows label={t("contacts.groups")} keep="groups">
            {(sorted ?? []).map((row) => (
              <Link
                key={row.conversation}
                to={{ name: "chat", id: row.conversation }}
                class="row"
                data-testid="group-row"
              >
                <GroupBody row={row} below={row.members.slice(0, namesShown).join(t("person.and"))} />
              </Link>
            ))}
          </VirtualRows>
        )}
      </div>
    </section>
  );
}
