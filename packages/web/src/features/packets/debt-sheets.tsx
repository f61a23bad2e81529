/** The sheets in which a transfer is promised and a bill is shared. */
import type { MemberView } from "@yanshu/client";
import { BookOpen } from "lucide";
import { useState } from "preact/hooks";
import { putUp } from "../../kit/over.tsx";
import { personName } from "../../kit/person.ts";
import { t } from "../../locales/i18n.ts";
import { Avatar } from "../../shell/avatar.tsx";
import { Icon } from "../../shell/icon.tsx";
import { api, succeeds, useStatus, useView } from "../../shell/session.ts";
import { FormSheet } from "../../shell/sheet.tsx";
import "../../styles/gather.css";
import { PayToField } from "./pay-to.tsx";
import { SumField } from "./sum-field.tsx";
import { sumIn, sumWords, type Unit, usualCurrency } from "./sums.ts";
import "./opened.css";

const noteMax = 80;

export function askOwe(chat: string): void {
  putUp((done) => <OweSheet chat={chat} onDone={done} />);
}
export function askShare(chat: string): void {
  putUp((done) => <ShareSheet chat={chat} onDone={done} />);
}

type SheetProps = { readonly chat: string; readonly onDone: () => void };

function useMembers(chat: string): { readonly all: readonly MemberView[]; readonly others: readonly MemberView[] } {
  const all = useView("conversation", chat)?.members ?? [];
  const own = useStatus()?.me?.account;
  return { all, others: all.filter(({ account }) => account !== own) };
}

function OweSheet({ chat, onDone }: SheetProps) {
  const { others } = useMembers(chat);
  const [chosen, setChosen] = useState<string>();
  const [unit, setUnit] = useState<Unit>({ of: "money", currency: usualCurrency() });
  const [sum, setSum] = useState("");
  const [note, setNote] = useState("");
  const to = chosen ?? (others.length === 1 ? others[0]?.account : undefined);
  const amount = sumIn(sum);
  const say = async () => {
    if (to === undefined || amount === undefined) return;
    if (await succeeds(() => api.sayOwed(chat, { ...unit, to, amount, note }))) onDone();
  };
  return (
    <FormSheet
      title={t("owe.new")}
      class="gather"
      testId="owe-sheet"
      action={t("owe.send")}
      actionTestId="owe-send"
      isReady={to !== undefined && amount !== undefined && note.trim() !== ""}
      onSubmit={() => void say()}
      onClose={onDone}
    >
      {others.length > 1 && (
        <fieldset class="debt-people">
          <legend>{t("owe.whom")}</legend>
          {others.map((one) => (
            <label key={one.account} class="check">
              <input type="radio" name="owe-to" checked={one.account === to} onChange={() => setChosen(one.account)} />
              <Avatar face={one.face} size="xs" />
              {personName(one)}
            </label>
          ))}
        </fieldset>
      )}
      <SumField label={t("owe.sum")} testId="owe-sum" unit={unit} onUnit={setUnit} onSum={setSum} />
      <input
        class="field-box"
        aria-label={t("owe.what")}
        placeholder={t("owe.what")}
        maxLength={noteMax}
        data-testid="owe-what"
        onInput={(event) => setNote(event.currentTarget.value)}
      />
      <Note />
    </FormSheet>
  );
}

function ShareSheet({ chat, onDone }: SheetProps) {
  const { all } = useMembers(chat);
  const [without, setWithout] = useState<ReadonlySet<string>>(new Set());
  const [unit, setUnit] = useState<Unit>({ of: "money", currency: usualCurrency() });
  const [sum, setSum] = useState("");
  const [title, setTitle] = useState("");
  const [payTo, setPayTo] = useState("");
  const total = sumIn(sum);
  const people = all.filter(({ account }) => !without.has(account));
  // What does not go up is given down the list.
  const parts = people.map(({ account }, place) => ({
    account,
    amount: Math.floor((total ?? 0) / people.length) + (place < (total ?? 0) % people.length ? 1 : 0),
  }));
  const isReady = total !== undefined && people.length > 1 && total >= people.length && title.trim() !== "";
  const share = async () => {
    const where = payTo.trim() === "" ? {} : { payTo };
    if (await succeeds(() => api.shareBill(chat, { ...unit, title, parts, ...where }))) onDone();
  };
  return (
    <FormSheet
      title={t("share.new")}
      class="gather"
      testId="share-sheet"
      action={t("share.send")}
      actionTestId="share-send"
      isReady={isReady}
      onSubmit={() => void share()}
      onClose={onDone}
    >
      <input
        class="field-box"
        aria-label={t("share.what")}
        placeholder={t("share.what")}
        maxLength={noteMax}
        data-testid="share-title"
        onInput={(event) => setTitle(event.currentTarget.value)}
      />
      <SumField label={t("share.total")} testId="share-total" unit={unit} onUnit={setUnit} onSum={setSum} />
      <fieldset class="debt-people">
        <legend>{t("share.who")}</legend>
        {all.map((one) => (
          <label key={one.account} class="check">
            <input
              type="checkbox"
              checked={!without.has(one.account)}
              onChange={({ currentTarget: { checked } }) => {
                const next = new Set(without);
                if (checked) next.delete(one.account);
                else next.add(one.account);
                setWithout(next);
              }}
            />
            <Avatar face={one.face} size="xs" />
            <span class="debt-name">{personName(one)}</span>
            <span class="num">{sumWords(unit, parts.find(({ account }) => account === one.account)?.amount ?? 0)}</span>
          </label>
        ))}
      </fieldset>
      <PayToField value={payTo} onValue={setPayTo} />
      <Note />
    </FormSheet>
  );
}

function Note() {
  return (
    <p class="packet-note">
      <Icon of={BookOpen} size="s" />
      {t("owe.note")}
    </p>
  );
}
