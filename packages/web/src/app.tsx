/**
 * App: which of its lives the app is in (nobody lives here yet, somebody does, signed out), and the frame
 * around the screens: tabs on a phone, rail and columns on a desktop.
 */
import { useEffect } from "preact/hooks";
import { t } from "./locales/i18n.ts";
import { Chats } from "./screens/chats.tsx";
import { Conversation } from "./screens/conversation.tsx";
import { Lazy, screens } from "./screens/lazy.ts";
import { livedHere, rememberLife } from "./shell/lived-here.ts";
import { Rail, Tabs } from "./shell/navigation.tsx";
import { Nothing } from "./shell/nothing.tsx";
import { go, pendingLink, route } from "./shell/router.ts";
import { type Route, tabOf } from "./shell/routes.ts";
import { broken, useStatus } from "./shell/session.ts";
import { OpenSheet } from "./shell/sheet.tsx";
import { useShortcuts } from "./shell/shortcuts.ts";
import { Toast } from "./shell/toast.tsx";
import { UpdateStrip } from "./shell/updates.tsx";
import { columns } from "./shell/width.ts";

export function App() {
  const status = useStatus();
  const phase = status?.phase ?? "starting";
  useEffect(() => {
    if (phase === "ready") rememberLife(true);
    if (phase === "new") rememberLife(false);
  }, [phase]);
  return (
    <>
      {broken.value !== undefined ? <Broken /> : <Life phase={phase} />}
      <Toast />
      <OpenSheet />
    </>
  );
}

function Life({ phase }: { phase: "starting" | "new" | "linking" | "ready" | "signed-out" }) {
  const isHome = phase === "ready" || (phase === "starting" && livedHere());
  if (phase === "signed-out") return <Lazy of={screens.signedOut} />;
  return isHome ? <Home isReady={phase === "ready"} /> : <Lazy of={screens.welcome} />;
}

function Broken() {
  return (
    <main class="alone">
      <Nothing title={t("error.storage")} note={t("store.broken")}>
        <button type="button" class="btn fill" onClick={() => location.reload()}>
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

function Narrow({ here }: { here: Route }) {
  const isTab = here.name === "chats" || here.name === "contacts" || here.name === "me";
  return (
    <div class="app narrow">
      <UpdateStrip />
      <main class="page" key={here.name === "chat" ? here.id : here.name}>
        <Screen here={here} />
      </main>
      {isTab && <Tabs />}
    </div>
  );
}

function Wide({ here }: { here: Route }) {
  const tab = tabOf(here);
  const isList = here.name === "chats" || here.name === "contacts" || here.name === "me";
  // A conversation keeps its place while its details stand beside it.
  const isBeside = here.name === "chat-info" && columns.value === 3;
  const shown: Route = isBeside ? { name: "chat", id: here.id } : here;
  return (
    <div class={`app wide ${isBeside ? "with-details" : ""}`}>
      <Rail />
      <div class="col-list">
        {tab === "chats" && <Chats />}
        {tab === "contacts" && <Lazy of={screens.contacts} />}
        {tab === "me" && <Lazy of={screens.me} />}
      </div>
      <main class="col-main" key={shown.name === "chat" ? shown.id : shown.name}>
        <UpdateStrip />
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
      return <Chats />;
    case "chat":
      return <Conversation id={here.id} />;
    case "chat-info":
      return <Lazy of={screens.chatInfo} id={here.id} />;
    case "add-members":
      return <Lazy of={screens.addMembers} id={here.id} />;
    case "new-group":
      return <Lazy of={screens.newGroup} />;
    case "contacts":
      return <Lazy of={screens.contacts} />;
    case "requests":
      return <Lazy of={screens.requests} />;
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
    case "profile":
      return <Lazy of={screens.profile} />;
    case "settings":
      return <Lazy of={screens.settings} />;
    case "devices":
      return <Lazy of={screens.devices} />;
    case "link-device":
      return <Lazy of={screens.linkDevice} />;
    case "way-back":
      return <Lazy of={screens.wayBack} />;
    default:
      return here satisfies never;
  }
}
