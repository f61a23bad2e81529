/**
 * A link that was opened on a device with an account: of a person or group, an invitation of a home, which is not
 * needed any more, or of a new device to be linked.
 */
import type { LinkPreview } from "@yanshu/client";
import { ShieldQuestionMark } from "lucide";
import { useEffect, useState } from "preact/hooks";
import { foundBy, wasScanned } from "../../kit/scan/scanned.ts";
import { languageOf } from "../../kit/text.ts";
import { locale, t } from "../../locales/i18n.ts";
import { Avatar } from "../../shell/avatar.tsx";
import { TopBar } from "../../shell/bar.tsx";
import { useBusy } from "../../shell/busy.ts";
import { Icon } from "../../shell/icon.tsx";
import { useLinkCard } from "../../shell/link-card.ts";
import { Logo } from "../../shell/mark.tsx";
import { Nothing } from "../../shell/nothing.tsx";
import { go, pendingLink, setPendingLink } from "../../shell/router.ts";
import { api, attempt, errorWords, useStatus } from "../../shell/session.ts";
import { Slot } from "../../shell/slot.tsx";

export function OpenedLink() {
  const link = pendingLink.value;
  const [read, setRead] = useState<LinkPreview | string | undefined>(undefined);
  const isReady = useStatus()?.phase === "ready";
  useEffect(() => {
    if (!isReady) return;
    if (link === undefined) {
      go({ name: "contacts" }, "replace");
      return;
    }
    setRead(undefined);
    api.readLink(link).then(setRead, (error: unknown) => setRead(errorWords(error)));
  }, [link, isReady]);
  useEffect(() => {
    if (typeof read !== "object") return;
    if (read.kind === "device") go({ name: "link-device" }, "replace");
    if (read.kind === "help") go({ name: "way-back", part: "family" }, "replace");
  }, [read]);

  const close = () => {
    setPendingLink(undefined);
    go({ name: "chats" }, "replace");
  };
  if (read === undefined || link === undefined || (typeof read === "object" && isOfDevices(read))) {
    return (
      <section class="screen paper">
        <TopBar title="" plain />
      </section>
    );
  }
  if (typeof read === "string" || read.kind === "invite") {
    return (
      <section class="screen paper">
        <TopBar title="" plain />
        <Nothing title={typeof read === "string" ? read : t("friend.invited")}>
          <button type="button" class="btn fill" onClick={close}>
            {t("action.close")}
          </button>
        </Nothing>
      </section>
    );
  }
  if (read.kind === "group") {
    return (
      <section class="screen paper">
        <TopBar title="" plain />
        <Slot name="groupInvitation" group={read} link={link} onClose={close} />
      </section>
    );
  }
  return (
    <section class="screen paper">
      <TopBar title="" plain />
      <Invitation person={read} link={link} onClose={close} />
    </section>
  );
}

/** Links of devices and of recovery help have screens of their own. */
function isOfDevices(read: LinkPreview): read is Extract<LinkPreview, { kind: "device" | "help" }> {
  return read.kind === "device" || read.kind === "help";
}

type Person = Extract<LinkPreview, { kind: "contact" }>;
const greetingMax = 200;

function Invitation({ person, link, onClose }: { person: Person; link: string; onClose: () => void }) {
  const me = useStatus()?.me;
  const [greeting, setGreeting] = useState(() => t("friend.greeting", { name: me?.name ?? "" }));
  const [isSending, run] = useBusy();
  const handle = foundBy(link);
  // A known person has the name and avatar from the contacts, not from the link card.
  const card = useLinkCard(link);
  const shown = person.standing === "new" ? card : undefined;
  const name = shown?.name ?? person.name;

  const send = async () => {
    const conversation = await attempt(() =>
      api.requestContact({
        link,
        greeting: greeting.trim(),
        scanned: wasScanned(link),
        isFound: handle !== undefined,
      }),
    );
    if (conversation === undefined) return;
    setPendingLink(undefined);
    go({ name: "chat", id: conversation }, "replace");
  };
  const open = () => {
    setPendingLink(undefined);
    if (person.conversation !== undefined) go({ name: "chat", id: person.conversation }, "replace");
    else if (person.standing === "contact") go({ name: "contact", id: person.account }, "replace");
    else go({ name: "chats" }, "replace");
  };

  return (
    <form
      class="scroll opened"
      onSubmit={(event) => {
        event.preventDefault();
        void run(send);
      }}
    >
      <div class="paper-card invite-card" data-testid="invite-card" data-standing={person.standing}>
        <Avatar face={shown?.faces[0] ?? person.face} size="xl" />
        <h1 class="brush person-name" lang={languageOf(name, locale.value)}>
          {name}
        </h1>
        <p>{handle !== undefined && person.standing === "new" ? t("friend.found") : standingWords(person)}</p>
        <span class="corner">
          <Logo />
        </span>
      </div>
      <Slot
        name="linkedProgram"
        link={link}
        account={person.account}
        chat={person.standing === "contact" ? person.conversation : undefined}
        onDone={open}
      />
      {person.standing !== "self" && <Slot name="linkedScene" link={link} account={person.account} />}
      {person.standing === "new" ? (
        <>
          {handle !== undefined && (
            <p class="strip calm" data-testid="found-by">
              <Icon of={ShieldQuestionMark} />
              <span>{t("friend.byName", { handle })}</span>
            </p>
          )}
          <label class="greet">
            <span>{t("friend.greet")}</span>
            <textarea
              rows={2}
              maxLength={greetingMax}
              defaultValue={greeting}
              data-testid="greeting"
              onInput={(event) => setGreeting(event.currentTarget.value)}
            />
          </label>
          <div class="alone-acts">
            <button type="submit" class="btn fill" aria-busy={isSending} data-testid="send-request">
              {t("friend.send")}
            </button>
            <button type="button" class="btn plain" onClick={onClose}>
              {t("friend.no")}
            </button>
          </div>
        </>
      ) : (
        <div class="alone-acts">
          <button type="button" class="btn fill" data-testid="open-known" onClick={open}>
            {person.standing === "contact" ? t("friend.write") : t("action.close")}
          </button>
        </div>
      )}
    </form>
  );
}

function standingWords({ standing }: Person): string {
  switch (standing) {
    case "new":
      return t("friend.invites");
    case "contact":
      return t("friend.known");
    case "requested":
      return t("friend.asked");
    case "self":
      return t("friend.self");
    default:
      return standing satisfies never;
  }
}
