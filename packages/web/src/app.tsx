/**
 * App: chooses between the welcome, the app of an account and the signed-out screen, and draws the frame around the
 * screens: tabs on a phone, rail and columns on a desktop.
 */
import type { StatusView } from "@yanshu/client";
import { useEffect, useRef } from "preact/hooks";
import type { Whole } from "./feature.ts";
import { t } from "./locales/i18n.ts";
import { signedOut, welcome } from "./screens/pages.ts";
import { alarm, beginAgain } from "./shell/alarm.ts";
import { features } from "./shell/features.ts";
import { Lazy, type Loader } from "./shell/lazy.ts";
import { livedHere, rememberLife } from "./shell/lived-here.ts";
import { locked } from "./shell/locked.ts";
import { allTabs, Rail, Tabs } from "./shell/navigation.tsx";
import { Nothing } from "./shell/nothing.tsx";
import { go, pendingLink, route } from "./shell/router.ts";
import { isTab, pageAt, pageKey, type Route } from "./shell/routes.ts";
import { broken, useStatus } from "./shell/session.ts";
import { OpenSheet } from "./shell/sheet.tsx";
import { Toast } from "./shell/toast.tsx";
import { UpdateStrip } from "./shell/update-strip.tsx";
import { columns } from "./shell/width.ts";

export function App() {
  const status = useStatus();
  const phase = status?.phase ?? "starting";
  const lived = useRef(false);
  // The account was deleted from this device; shown until the page has reloaded.
  const isForgotten = phase === "new" && lived.current;
  useEffect(() => {
    if (phase === "new") rememberLife(false);
    if (phase === "ready") rememberLife(true);
    lived.current ||= phase === "ready" || phase === "leaving" || phase === "signed-out";
  }, [phase]);
  // An alarm replaces every screen.
  if (alarm.value !== undefined) return <Over what="alarm" kind={alarm.value} />;
  return (
    <>
      {broken.value !== undefined ? (
        <Broken />
      ) : locked.value ? (
        <Over what="locked" />
      ) : isForgotten ? (
        <Over what="forgotten" />
      ) : (
        <Life phase={phase} />
      )}
      <Toast />
      <OpenSheet />
    </>
  );
}

/** A feature's screen that replaces everything (`Whole`). */
function Over<W extends keyof Whole>({ what, ...props }: { what: W } & Whole[W]) {
  const of = features().flatMap(({ whole }) => whole?.[what] ?? [])[0];
  return of === undefined ? null : <Lazy of={of as Loader<object>} {...props} />;
}

function Life({ phase }: { phase: StatusView["phase"] }) {
  const isHome = phase === "ready" || (phase === "starting" && livedHere());
  // A device that had an account is linked again: the same screen until it is done, so that its code stays in sight.
  if (phase === "signed-out" || (phase === "linking" && livedHere())) return <Lazy of={signedOut} />;
  if (phase === "leaving") return <Over what="leaving" />;
  return isHome ? <Home isReady={phase === "ready"} /> : <Lazy of={welcome} />;
}

function Broken() {
  const isEnded = broken.value === "ended";
  return (
    <main class="alone" data-testid={isEnded ? "core-ended" : "broken"}>
      <Nothing
        title={t(isEnded ? "core.ended" : "error.storage")}
        note={t(isEnded ? "core.endedNote" : "store.broken")}
      >
        <button type="button" class="btn fill" onClick={() => beginAgain()}>
          {t("store.retry")}
        </button>
      </Nothing>
    </main>
  );
}

function Home({ isReady }: { isReady: boolean }) {
  const here = route.value;
  useEffect(() => {
    // After the welcome: to the chats, or to a link that was opened before there was an account.
    if (!isReady || route.peek().name !== "welcome") return;
    go(pendingLink.value === undefined ? { name: "chats" } : { name: "opened-link" }, "replace");
  }, [isReady, here.name]);
  return columns.value === 1 ? <Narrow here={here} /> : <Wide here={here} />;
}

/** The strips of features above every page. */
function Strips() {
  const status = useStatus();
  if (status === undefined) return null;
  return features()
    .flatMap(({ strips }) => strips ?? [])
    .map(({ of, strip }, place) => {
      const props = of(status);
      return props === undefined ? null : <Lazy key={place} of={strip as Loader<object>} {...(props as object)} />;
    });
}

function Narrow({ here }: { here: Route }) {
  return (
    <div class="app narrow">
      <UpdateStrip />
      <Strips />
      <main class="page" key={pageKey(here)}>
        <Screen here={here} />
      </main>
      {isTab(here.name) && <Tabs />}
    </div>
  );
}

function Wide({ here }: { here: Route }) {
  const { tab } = pageAt(here);
  const list = allTabs().find((one) => one.tab === tab)?.list;
  // During the redirect from the welcome the list of chats is shown already.
  const isList = here.name === "welcome" || isTab(here.name);
  // With its details beside it, a conversation stays mounted and keeps its scroll position.
  const isBeside = here.name === "chat-info" && columns.value === 3;
  const shown: Route = isBeside ? { name: "chat", id: here.id } : here;
  return (
    <div class={`app wide ${isBeside ? "with-details" : ""}`}>
      <Rail />
      <div class="col-list">{list !== undefined && <Lazy key={tab} of={list} />}</div>
      <main class="col-main" key={pageKey(shown)}>
        <UpdateStrip />
        <Strips />
        {isList ? <Nothing title={tab === "chats" ? t("chats.pick") : ""} /> : <Screen here={shown} />}
      </main>
      {isBeside && (
        <aside class="col-details" aria-label={t("chat.info")}>
          <Screen here={here} />
        </aside>
      )}
    </div>
  );
}

function Screen({ here }: { here: Route }) {
  const { name, ...parts } = here;
  return <Lazy key={name} of={pageAt(here).screen as Loader<object>} {...parts} />;
}
