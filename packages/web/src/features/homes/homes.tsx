/** The server and its reserve (docs/spec/homes.md HM44–HM64): a row of the settings, and the sheet that it opens. */
import type { Views } from "@yanshu/client";
import { Server } from "lucide";
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { lineTime } from "../../kit/time.ts";
import { locale, t } from "../../locales/i18n.ts";
import { useBusy } from "../../shell/busy.ts";
import { nowMs } from "../../shell/now.ts";
import { api, attempt, CallError, succeeds, useStatus, useView } from "../../shell/session.ts";
import { SettingButton } from "../../shell/setting.tsx";
import { confirm, Sheet } from "../../shell/sheet.tsx";
import { toast } from "../../shell/toast.tsx";
import { goOnAt, goOnBy } from "./go-on.ts";
import { setReserve } from "./set-reserve.ts";
import "./homes.css";

const namesMax = 6;

type View = Views["homes"]["value"];
type Reserve = NonNullable<View["reserve"]>;

export function HomesRow() {
  const [isOpen, setOpen] = useState(false);
  const homes = useView("homes");
  if (homes === undefined) return null;
  const { reserve } = homes;
  return (
    <>
      <SettingButton
        icon={Server}
        label={t("homes.title")}
        note={reserve === undefined ? t("homes.rowNone") : t(rowOf(reserve), { server: reserve.server })}
        testId="homes"
        onClick={() => setOpen(true)}
      />
      {isOpen && <HomesSheet homes={homes} onClose={() => setOpen(false)} />}
    </>
  );
}

function rowOf({ isWhole, fault }: Reserve) {
  if (isWhole) return "homes.rowWhole";
  return fault === undefined ? "homes.rowPart" : "homes.rowNamed";
}

export function HomesSheet({ homes, onClose }: { homes: View; onClose: () => void }) {
  const { home, reserve, leavingMs, before, moved, meeting } = homes;
  const status = useStatus();
  const isAway = status?.network === "unreachable";
  const isStrange = status?.homeGone?.isStrange === true;
  // Brings the state of the reserve up to date: the stored one may be hours old.
  useEffect(() => void api.carryNow().catch(() => undefined), [isAway]);
  return (
    <Sheet title={t("homes.title")} onClose={onClose} testId="homes-sheet">
      <h2 class="sheet-title">{t("homes.title")}</h2>
      <p class="sheet-note" data-testid="homes-home" data-server={home}>
        {t(isStrange ? "homes.strange" : isAway ? "homes.away" : "homes.home", { server: home })}
      </p>
      {before !== undefined && (
        <p class="sheet-note" data-testid="homes-before" data-server={before.server}>
          {t(before.isAway ? "homes.beforeAway" : "homes.before", { server: before.server })}
        </p>
      )}
      {meeting !== undefined && <Meeting meeting={meeting} />}
      {moved !== undefined && !isAway && <Moved server={moved} home={home} onClose={onClose} />}
      {homes.next !== undefined && <Next {...homes.next} home={home} onClose={onClose} />}
      <Leaving server={home} ms={leavingMs} />
      {before !== undefined && <Leaving server={before.server} ms={before.leavingMs} />}
      {location.host !== home && <p class="sheet-note">{t("homes.oldPage", { page: location.host, server: home })}</p>}
      {reserve !== undefined && <ReserveNow reserve={reserve} home={home} isAway={isAway} onClose={onClose} />}
      {isAway && <GoByLink home={home} hasReserve={reserve !== undefined} onClose={onClose} />}
      {reserve === undefined && !isAway && homes.next === undefined && <NameReserve offered={homes.offered} />}
      <div class="sheet-acts">
        <button type="button" class="btn plain" onClick={onClose}>
          {t("action.close")}
        </button>
      </div>
    </Sheet>
  );
}

/** Where people of the home look for each other once it is gone (HM80), and who is looked for by now (HM83). */
function Meeting({ meeting: { missing, places } }: { meeting: NonNullable<View["meeting"]> }) {
  const servers = places.join(t("homes.and"));
  if (missing.length === 0)
    return (
      <p class="sheet-note" data-testid="homes-meet">
        {t("homes.meetThere", { servers })}
      </p>
    );
  return (
    <div class="home-part" data-testid="homes-missing" data-count={missing.length}>
      <p class="sheet-note" role="status">
        {t("homes.missing")}
        <Names accounts={missing} />
      </p>
      <ByLink
        testId="meet"
        label={t("homes.meetName")}
        action={t("homes.meetAdd")}
        busy={t("homes.setting")}
        onLink={meetAt}
      >
        <p class="sheet-note">{places.length === 0 ? t("homes.meetNone") : t("homes.meetPlaces", { servers })}</p>
      </ByLink>
    </div>
  );
}

async function meetAt(server: string): Promise<void> {
  try {
    await api.meetAt(server);
    toast(t("homes.meetAdded", { server }));
  } catch (error) {
    if (error instanceof CallError && error.code === "bad-link") toast(t("homes.meetBad"));
    else await attempt(() => Promise.reject(error));
  }
}

function Names({ accounts }: { accounts: readonly string[] }) {
  return (
    <>
      {accounts.slice(0, namesMax).map((account, n) => (
        <span key={account}>
          {n > 0 && t("homes.and")}
          <NameOf account={account} />
        </span>
      ))}
      {accounts.length > namesMax && t("homes.more", { count: accounts.length - namesMax })}
    </>
  );
}

function NameOf({ account }: { account: string }) {
  const person = useView("person", account);
  return <span>{person?.name || t("homes.oneMore")}</span>;
}

type GoAlong = { readonly server: string; readonly home: string; readonly onClose: () => void };

/** Another device of the account went elsewhere (HM70). */
function Moved({ server, home, onClose }: GoAlong) {
  return (
    <div class="home-part" data-testid="homes-moved" data-server={server}>
      <p class="sheet-note">{t("homes.movedTitle", { server })}</p>
      <p class="sheet-note">{t("homes.movedNote")}</p>
      <div class="sheet-acts">
        <button
          type="button"
          class="btn fill"
          data-testid="homes-follow"
          onClick={() => void goOnAt(server, home).then((isThere) => isThere && onClose())}
        >
          {t("homes.goToo")}
        </button>
      </div>
    </div>
  );
}

/** The server goes to another name, as its operator says (HM118). */
function Next({ server, link, home, onClose }: GoAlong & NonNullable<View["next"]>) {
  return (
    <div class="home-part" data-testid="homes-next" data-server={server}>
      <p class="sheet-note">{t("homes.nextTitle", { server })}</p>
      <p class="sheet-note">{t("homes.nextNote")}</p>
      <div class="sheet-acts">
        <button
          type="button"
          class="btn fill"
          data-testid="homes-next-go"
          onClick={() => void goOnAt(server, home, link).then((isThere) => isThere && onClose())}
        >
          {t("homes.nextGo")}
        </button>
      </div>
    </div>
  );
}

/** Says what a reserve is for: the one that the operator offers is named by a tap, another by its invitation link. */
function NameReserve({ offered }: { offered: View["offered"] }) {
  const [isOther, setOther] = useState(false);
  if (offered !== undefined && !isOther) return <Offered {...offered} onOther={() => setOther(true)} />;
  return (
    <ByLink
      testId="reserve"
      label={t("homes.link")}
      action={t("homes.set")}
      busy={t("homes.setting")}
      onLink={setReserve}
    >
      <p class="sheet-note">{t("homes.why")}</p>
      <p class="sheet-note">{t("homes.whose")}</p>
    </ByLink>
  );
}

type OfferedProps = NonNullable<View["offered"]> & { readonly onOther: () => void };

function Offered({ server, link, onOther }: OfferedProps) {
  const [isBusy, run] = useBusy();
  return (
    <div data-testid="reserve-offered" data-server={server}>
      <p class="sheet-note">{t("homes.offerNote", { server })}</p>
      <div class="sheet-acts">
        <button
          type="button"
          class="btn fill"
          data-testid="reserve-offered-set"
          disabled={isBusy}
          onClick={() => void run(() => setReserve(link))}
        >
          {t(isBusy ? "homes.setting" : "homes.set")}
        </button>
        <button type="button" class="btn plain" data-testid="reserve-other" disabled={isBusy} onClick={onOther}>
          {t("homes.offerOther")}
        </button>
      </div>
    </div>
  );
}

/** Where the server does not respond: continuing at another one, by any link of it (HM77). */
function GoByLink({ home, hasReserve, onClose }: { home: string; hasReserve: boolean; onClose: () => void }) {
  const [isOpen, setOpen] = useState(!hasReserve);
  if (!isOpen) {
    return (
      <div class="sheet-acts home-else">
        <button type="button" class="btn plain" data-testid="elsewhere-open" onClick={() => setOpen(true)}>
          {t("homes.elsewhereElse")}
        </button>
      </div>
    );
  }
  return (
    <ByLink
      testId="elsewhere"
      label={t("homes.elsewhereLink")}
      action={t("homes.elsewhereGo")}
      busy={t("homes.setting")}
      onLink={async (link) => {
        if (await goOnBy(link, home)) onClose();
      }}
    >
      <p class="sheet-note">{t("homes.elsewhereWhy")}</p>
    </ByLink>
  );
}

type ByLinkProps = {
  readonly testId: string;
  readonly label: string;
  readonly action: string;
  readonly busy: string;
  readonly onLink: (link: string) => Promise<void>;
  readonly children: ComponentChildren;
};

function ByLink({ testId, label, action, busy, onLink, children }: ByLinkProps) {
  const [link, setLink] = useState("");
  const [isBusy, run] = useBusy();
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (link.trim() !== "") void run(() => onLink(link.trim()));
      }}
    >
      {children}
      <input
        class="line-field"
        aria-label={label}
        placeholder={label}
        data-testid={`${testId}-link`}
        inputMode="url"
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        onInput={(event) => setLink(event.currentTarget.value)}
      />
      <div class="sheet-acts">
        <button
          type="submit"
          class="btn fill"
          data-testid={`${testId}-set`}
          aria-disabled={link.trim() === "" || isBusy}
        >
          {isBusy ? busy : action}
        </button>
      </div>
    </form>
  );
}

type Shown = {
  readonly reserve: Reserve;
  readonly home: string;
  readonly isAway: boolean;
  readonly onClose: () => void;
};

function ReserveNow({ reserve, home, isAway, onClose }: Shown) {
  const { server, done, of, isWhole, wholeMs, fault, isByRemoved, leavingMs } = reserve;
  const [isBusy, run] = useBusy();
  const drop = async () => {
    const yes = await confirm({
      title: t("homes.dropAsk", { server }),
      note: t("homes.dropNote"),
      action: t("homes.drop"),
      danger: true,
    });
    if (yes) await succeeds(() => api.dropReserve());
  };
  const go = async () => {
    if (await goOnAt(server, isAway ? undefined : home)) onClose();
  };
  const part = fault === undefined ? "homes.part" : "homes.partSoFar";
  return (
    <div class="home-part">
      <p class="sheet-note" role="status" data-testid="reserve" data-server={server} data-whole={isWhole}>
        {isWhole && wholeMs !== undefined
          ? t("homes.whole", { server, when: timeWords(wholeMs) })
          : t(part, { server, done, of })}
      </p>
      {fault !== undefined && !(isAway && fault === "home") && (
        <p class="sheet-note home-fault" data-testid="reserve-fault" data-why={fault}>
          {t(`homes.fault.${fault}`)}
        </p>
      )}
      {isByRemoved === true && (
        <p class="sheet-note home-fault" data-testid="reserve-removed">
          {t("homes.removed")}
        </p>
      )}
      <Leaving server={server} ms={leavingMs} />
      {isAway && fault !== "strange" && <p class="sheet-note">{t("homes.awayNote")}</p>}
      <div class="sheet-acts">
        {(isAway || isWhole) && fault !== "strange" && (
          <button
            type="button"
            class={`btn ${isAway ? "fill" : "soft"}`}
            data-testid="reserve-go"
            data-away={isAway}
            disabled={isBusy}
            onClick={() => void run(go)}
          >
            {t(isAway ? "homes.goThere" : "homes.moveThere")}
          </button>
        )}
        <button
          type="button"
          class="btn plain"
          data-testid="reserve-drop"
          disabled={isBusy}
          onClick={() => void run(drop)}
        >
          {t("homes.drop")}
        </button>
      </div>
    </div>
  );
}

/** A device has asked `server` to delete the account there; any device can cancel that (HM58). */
function Leaving({ server, ms }: { server: string; ms: number | undefined }) {
  if (ms === undefined) return null;
  return (
    <div class="home-fault" data-testid="home-leaving">
      <p>{t("homes.leaving", { server, when: timeWords(ms) })}</p>
      <button
        type="button"
        class="btn line"
        data-testid="home-stay"
        onClick={() => void succeeds(() => api.stayHome())}
      >
        {t("homes.stay")}
      </button>
    </div>
  );
}

function timeWords(ms: number): string {
  return lineTime(ms, nowMs.value, locale.value, { today: t("time.today"), yesterday: t("time.yesterday") });
}
