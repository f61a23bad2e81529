/**
 * App: which of its lives the app is in (nobody lives here yet, somebody does, signed out), and the frame
 * around the screens: tabs on a phone, rail and columns on a desktop.
 */
import type { StatusView } from "@yanshu/client";
import { useEffect, useRef } from "preact/hooks";
import { t } from "./locales/i18n.ts";
import { screens } from "./screens/lazy.ts";
import { alarm, beginAgain } from "./shell/alarm.ts";
import { Lazy } from "./shell/lazy.ts";
import { livedHere, rememberLife } from "./shell/lived-here.ts";
import { locked } from "./shell/locked.ts";
import { Rail, Tabs } from "./shell/navigation.tsx";
import { Nothing } from "./shell/nothing.tsx";
import { go, pendingLink, route } from "./shell/router.ts";
import { pageOf, type Route, tabOf, tabs } from "./shell/routes.ts";
import { broken, useStatus } from "./shell/session.ts";
import { OpenSheet } from "./shell/sheet.tsx";
import { useShortcuts } from "./shell/shortcuts.ts";
import { Toast } from "./shell/toast.tsx";
import { UpdateStrip } from "./shell/update-strip.tsx";
import { columns } from "./shell/width.ts";

export function App() {
  const status = useStatus();
  const phase = status?.phase ?? "starting";
  const lived = useRef(false);
  // Until the page has begun anew.
  const isForgotten = phase === "new" && lived.current;
  useEffect(() => {
    if (phase === "new") rememberLife(false);
    if (phase === "ready") rememberLife(true);
    lived.current ||= phase === "ready" || phase === "leaving" || phase === "signed-out";
  }, [phase]);
  // Over everything, whatever was on screen.
  if (alarm.value !== undefined) return <Lazy of={screens.alarm} kind={alarm.value} />;
  return (
    <>
      {broken.value !== undefined ? (
        <Broken />
      ) : locked.value ? (
        <Lazy of={screens.lock} />
      ) : isForgotten ? (
        <Lazy of={screens.keeping} page="forget" />
      ) : (
        <Life phase={phase} />
      )}
      <Toast />
      <OpenSheet />
    </>
  );
}

function Life({ phase }: { phase: StatusView["phase"] }) {
  const isHome = phase === "ready" || (phase === "starting" && livedHere());
  // Linked again by whoever lived here: one screen until it is done, so that its code stays.
  if (phase === "signed-out" || (phase === "linking" && livedHere())) return <Lazy of={screens.signedOut} />;
  if (phase === "leaving") return <Lazy of={screens.keeping} page="leaving" />;
  return isHome ? <Home isReady={phase === "ready"} /> : <Lazy of={screens.welcome} />;
}

function Broken() {
  return (
    <main class="alone">
      <Nothing title={t("error.storage")} note={t("store.broken")}>
        <button type="button" class="btn fill" onClick={() => beginAgain()}>
          {t("store.retry")}
        </button>
      </Nothing>
    </main>
  );
}

function Home({ isReady }: { isReady: boolean }) {
  const here = route.value;
  useShortcuts();
  useEffect(() => {
    // Fresh from the welcome, or a link that was opened before anybody lived here.
    if (!isReady || route.peek().name !== "welcome") return;
    go(pendingLink.value === undefined ? { name: "chats" } : { name: "opened-link" }, "replace");
  }, [isReady, here.name]);
  return columns.value === 1 ? <Narrow here={here} /> : <Wide here={here} />;
}

/** Somebody comes back to this account by its family: over every screen, until it is over. */
function FamilyAsked() {
  const asked = useStatus()?.familyAsk;
  return asked === undefined ? null : <Lazy of={screens.familyAsked} dueAtMs={asked.dueAtMs} />;
}

/** This device was just restored: what came back, until it was read. */
function CameBack() {
  const came = useStatus()?.cameBack;
  return came === undefined ? null : <Lazy of={screens.cameBack} came={came} />;
}

function Narrow({ here }: { here: Route }) {
  const isTab = tabs.has(here.name);
  return (
    <div class="app narrow">
      <UpdateStrip />
      <FamilyAsked />
      <CameBack />
      <main class="page" key={pageOf(here)}>
        <Screen here={here} />
      </main>
      {isTab && <Tabs />}
    </div>
  );
}

function Wide({ here }: { here: Route }) {
  const tab = tabOf(here);
  // Whoever is being led away from the welcome has the list of chats already.
  const isList = here.name === "welcome" || tabs.has(here.name);
  // A conversation keeps its place while its details stand beside it.
  const isBeside = here.name === "chat-info" && columns.value === 3;
  const shown: Route = isBeside ? { name: "chat", id: here.id } : here;
  return (
    <div class={`app wide ${isBeside ? "with-details" : ""}`}>
      <Rail />
      <div class="col-list">
        {tab === "chats" && <Lazy of={screens.chats} />}
        {tab === "contacts" && <Lazy of={screens.contacts} />}
        {tab === "me" && <Lazy of={screens.me} />}
      </div>
      <main class="col-main" key={pageOf(shown)}>
        <UpdateStrip />
        <FamilyAsked />
        <CameBack />
        {isList ? <Nothing title={tab === "chats" ? t("chats.pick") : ""} /> : <Screen here={shown} />}
      </main>
      {isBeside && (
        <aside class="col-details" aria-label={t("chat.info")}>
          <Lazy of={screens.chatInfo} id={here.id} />
        </aside>
      )}
    </div>
  );
}

function Screen({ here }: { here: Route }) {
  switch (here.name) {
    case "welcome": // Being led away from it.
    case "chats":
      return <Lazy of={screens.chats} />;
    case "chat":
      return <Lazy of={screens.conversation} id={here.id} at={here.at} />;
    case "chat-search":
      return <Lazy of={screens.chatSearch} id={here.id} />;
    case "album":
      return <Lazy of={screens.album} id={here.id} />;
    case "chat-files":
      return <Lazy of={screens.chatFiles} id={here.id} />;
    case "share":
      return <Lazy of={screens.share} />;
    case "search":
      return <Lazy of={screens.search} />;
    case "chat-info":
      return <Lazy of={screens.chatInfo} id={here.id} />;
    case "add-members":
      return <Lazy of={screens.addMembers} id={here.id} />;
    case "members":
      return <Lazy of={screens.members} id={here.id} />;
    case "group-qr":
      return <Lazy of={screens.groupQr} id={here.id} />;
    case "asking":
      return <Lazy of={screens.asking} id={here.id} />;
    case "new-group":
      return <Lazy of={screens.newGroup} />;
    case "contacts":
      return <Lazy of={screens.contacts} />;
    case "requests":
      return <Lazy of={screens.requests} />;
    case "groups":
      return <Lazy of={screens.groups} />;
    case "tags":
      return <Lazy of={screens.tags} />;
    case "contact":
      return <Lazy of={screens.contact} id={here.id} />;
    case "my-qr":
      return <Lazy of={screens.myQr} />;
    case "scan":
      return <Lazy of={screens.scan} />;
    case "opened-link":
      return <Lazy of={screens.openedLink} />;
    case "me":
      return <Lazy of={screens.me} />;
    case "favourites":
      return <Lazy of={screens.favourites} />;
    case "stickers":
      return <Lazy of={screens.stickers} />;
    case "profile":
      return <Lazy of={screens.profile} />;
    case "settings":
      return <Lazy of={screens.settings} />;
    case "notifications":
      return <Lazy of={screens.notifications} />;
    case "privacy":
      return <Lazy of={screens.privacy} />;
    case "keeping":
      return <Lazy of={screens.keeping} page={here.page} />;
    case "devices":
      return <Lazy of={screens.devices} />;
    case "link-device":
      return <Lazy of={screens.linkDevice} />;
    case "way-back":
      return <Lazy of={here.part === "family" ? screens.family : screens.wayBack} />;
    default:
      return here satisfies never;
  }
}
