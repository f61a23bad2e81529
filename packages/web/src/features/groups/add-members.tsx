/**
 * Adding people to a group: contacts who are not in it yet.
 */
import { useMemo } from "preact/hooks";
import { Picker } from "../../kit/picker.tsx";
import { back } from "../../shell/router.ts";
import { api, succeeds, useView } from "../../shell/session.ts";

export function AddMembers({ id }: { id: string }) {
  const contacts = useView("contacts");
  const view = useView("conversation", id);
  const others = useMemo(() => {
    const inside = new Set(view?.members.map((member) => member.account));
    return contacts?.filter((row) => !inside.has(row.account));
  }, [contacts, view]);
  return (
    <Picker
      contacts={view === undefined ? undefined : others}
      onDone={async (accounts) => {
        if (await succeeds(() => api.addMembers(id, accounts))) back();
      }}
    />
  );
}
