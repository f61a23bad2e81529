/** The sheet in which a packet is made: how it is shared, how much, for how many, and a wish. */
import type { MemberView } from "@yanshu/client";
import { BookOpen, ChevronDown } from "lucide";
import { useState } from "preact/hooks";
import { screenKind } from "../../kit/kinds/index.ts";
import { putUp } from "../../kit/over.tsx";
import { personName } from "../../kit/person.ts";
import { t } from "../../locales/i18n.ts";
import { Avatar } from "../../shell/avatar.tsx";
import { Icon } from "../../shell/icon.tsx";
import { api, succeeds, useView } from "../../shell/session.ts";
import { FormSheet } from "../../shell/sheet.tsx";
import "../../styles/gather.css";
import { useBusy } from "../../shell/busy.ts";
import { SumField } from "./sum-field.tsx";
import { sumIn, sumWords, totalMax, type Unit, usualCurrency } from "./sums.ts";
import "./opened.css";

const sharesMax = 100;
const wishMax = 60;

export function askPacket(chat: string): void {
  putUp((done) => <PacketSheet chat={chat} onDone={done} />);
}

function PacketSheet({ chat, onDone }: { readonly chat: string; readonly onDone: () => void }) {
  const view = useView("conversation", chat);
  const isOfMany = view !== undefined && screenKind(view.kind).isOfMany;
  const [mode, setMode] = useState<"lucky" | "equal">("lucky");
  const [unit, setUnit] = useState<Unit>({ of: "money", currency: usualCurrency() });
  const [sum, setSum] = useState("");
  const [count, setCount] = useState("");
  const [wish, setWish] = useState("");
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [isUnderway, run] = useBusy();
  const each = sumIn(sum);
  const shares = isOfMany ? Number(/^\d{1,3}$/.test(count.trim()) ? count.trim() : 0) : 1;
  const total = each === undefined ? undefined : mode === "equal" && isOfMany ? each * shares : each;
  const isReady =
    !isUnderway && total !== undefined && shares >= 1 && shares <= sharesMax && total >= shares && total <= totalMax;
  const send = async () => {
    if (total === undefined) return;
    const said = wish.trim() === "" ? t("packet.usualWish") : wish;
    const forWhom = chosen.size === 0 ? {} : { forWhom: [...chosen] };
    const packet = { ...unit, total, shares, mode: isOfMany ? mode : "equal", wish: said, ...forWhom } as const;
    if (await succeeds(() => api.sendPacket(chat, packet))) onDone();
  };
  return (
    <FormSheet
      title={t("packet.title")}
      class="gather packet-form"
      testId="packet-sheet"
      action={t("packet.seal")}
      actionTestId="packet-send"
      isReady={isReady}
      onSubmit={() => void run(send)}
      onClose={onDone}
    >
      {isOfMany && (
        <fieldset class="modes">
          <legend class="sr">{t("packet.how")}</legend>
          {(["lucky", "equal"] as const).map((one) => (
            <button
              key={one}
              type="button"
              aria-pressed={mode === one}
              data-testid={`packet-${one}`}
              onClick={() => setMode(one)}
            >
              {t(`packet.${one}`)}
            </button>
          ))}
        </fieldset>
      )}
      <SumField
        label={t(mode === "equal" && isOfMany ? "packet.each" : "packet.total")}
        testId="packet-total"
        unit={unit}
        onUnit={setUnit}
        onSum={setSum}
      />
      {isOfMany && (
        <label class="packet-line">
          <span>{t("packet.shares")}</span>
          <input
            class="num"
            inputMode="numeric"
            autocomplete="off"
            maxLength={3}
            placeholder="0"
            data-testid="packet-shares"
            onInput={(event) => setCount(event.currentTarget.value)}
          />
          <small>{t("packet.members", { n: view?.members.length ?? 0 })}</small>
        </label>
      )}
      {isOfMany && <ForWhom members={view?.members ?? []} chosen={chosen} onChosen={setChosen} />}
      <input
        class="field-box packet-wish"
        aria-label={t("packet.wish")}
        placeholder={t("packet.usualWish")}
        maxLength={wishMax}
        data-testid="packet-wish"
        onInput={(event) => setWish(event.currentTarget.value)}
      />
      <p class="packet-note">
        <Icon of={BookOpen} size="s" />
        {t(unit.of === "points" ? "packet.pointsNote" : "packet.moneyNote")}
      </p>
      <p class="packet-sum" aria-live="polite">
        {sumWords(unit, total ?? 0)}
      </p>
    </FormSheet>
  );
}

type ForWhomProps = {
  readonly members: readonly MemberView[];
  readonly chosen: ReadonlySet<string>;
  readonly onChosen: (chosen: ReadonlySet<string>) => void;
};

/** Folded while it is for all, as most are. */
function ForWhom({ members, chosen, onChosen }: ForWhomProps) {
  const names = members.filter(({ account }) => chosen.has(account)).map((one) => personName(one));
  return (
    <details class="packet-whom">
      <summary data-testid="packet-whom">
        <span>{t("packet.whom")}</span>
        <span>{names.length === 0 ? t("packet.whomAll") : names.join(t("person.and"))}</span>
        <Icon of={ChevronDown} size="s" />
      </summary>
      <fieldset class="debt-people">
        <legend class="sr">{t("packet.whom")}</legend>
        {members.map((one) => (
          <label key={one.account} class="check">
            <input
              type="checkbox"
              checked={chosen.has(one.account)}
              data-testid="packet-whom-one"
              onChange={({ currentTarget: { checked } }) => {
                const next = new Set(chosen);
                if (checked) next.add(one.account);
                else next.delete(one.account);
                onChosen(next);
              }}
            />
            <Avatar face={one.face} size="xs" />
            <span class="debt-name">{personName(one)}</span>
          </label>
        ))}
      </fieldset>
    </details>
  );
}
