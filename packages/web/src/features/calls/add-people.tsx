/** Adding people to a call between two: the person picks contacts, and the call continues as a group call. */
import { signal } from "@preact/signals";
import type { PersonRef } from "@yanshu/client";
import { useMemo } from "preact/hooks";
import { Picker } from "../../kit/picker.tsx";
import { t } from "../../locales/i18n.ts";
import { useView } from "../../shell/session.ts";
import { goOnWith } from "./call.ts";

/** The call to which people are being added, and the account of its other party. */
export const addingTo = signal<{ readonly call: string; readonly account: string } | undefined>(undefined);

/** A group call rings at most 16: the present other party, and these. */
const addedMax = 15;

export function AddPeople() {
  const to = addingTo.value;
  return to === undefined ? null : <Add key={to.call} account={to.account} />;
}

function Add({ account }: { account: string }) {
  const contacts = useView("contacts");
  const others = useMemo(() => contacts?.filter((one) => one.account !== account), [contacts, account]);
  const close = () => {
    addingTo.value = undefined;
  };
  const add = async (accounts: readonly string[]) => {
    const people = (contacts ?? []).flatMap((one): PersonRef[] =>
      accounts.includes(one.account) ? [{ account: one.account, name: one.name, isMe: false }] : [],
    );
    await goOnWith(people);
    close();
  };
  return (
    <div
      class="call-add-people"
      role="dialog"
      aria-modal="true"
      aria-label={t("call.add")}
      data-testid="call-add-people"
    >
      <Picker
        contacts={others}
        title={t("call.add")}
        atMost={addedMax}
        onCancel={close}
        onDone={add}
        words={(n) => t("call.group.ring", { n: n + 1 })}
      >
        <p class="note">{t("call.addNote")}</p>
      </Picker>
    </div>
  );
}
