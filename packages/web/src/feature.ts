/**
 * Feature: the contract between the core and the features: what a feature may add to the screens (docs/spec/web.md
 * WE88).
 *
 * A feature is one folder under `features/` and one line in `features/index.ts`. It imports this contract, the kit
 * (`shell/`, `kit/`) and the words (`locales/i18n.ts`) from the core, and nothing from other features. The core knows
 * features only by that list.
 *
 * A feature's `WebFeature` is in the first load of every page, so it holds little but names and loaders. The code comes
 * with the screen that shows it, in the files `in-log`, `in-chat`, `in-me`, `in-contacts`, `on-arrival`
 * (build/chunks.ts bundles those of all features by these names).
 */
import type {
  ChatRow,
  ContactRow,
  ConversationView,
  LinkPreview,
  StatusView,
  SystemLine,
  TextExtras,
  TimelineItem,
} from "@yanshu/client";
import type { Body } from "@yanshu/content";
import type { IconNode } from "lucide";
import type { ComponentChildren, ComponentType } from "preact";
import type { MessageId } from "./locales/i18n.ts";
import type { Alarm } from "./shell/alarm.ts";
import type { Loader } from "./shell/lazy.ts";
import type { PlaceName, Route, RouteTo, Spot, Tab } from "./shell/places.ts";

/** A page: its route, path, screen, tab and parent. */
export type Page = {
  readonly at: Spot;
  /** `:id` stands for a conversation or a person, `:at` for an item's order. */
  readonly path: string;
  /** The tab whose list a wide window shows beside the page. */
  readonly tab: Tab;
  /** Where “back” leads when there is no history, such as after opening the address directly. */
  readonly parent: Spot;
  /** Its props are the route's parameters. */
  readonly screen: Loader<never>;
};

/** Makes a `Page`; its type checks that the route has every parameter that the screen needs. */
export function page<N extends PlaceName, P>(
  path: string,
  at: Spot & { readonly name: N },
  tab: Tab,
  parent: Spot,
  screen: Loader<P> &
    ([Omit<RouteTo<N>, "name">] extends [P] ? unknown : "its screen asks for what the place does not hold"),
): Page {
  return { at, path, tab, parent, screen: screen as unknown as Loader<never> };
}

/** A tab, with the list that it leads to. */
export type TabDef = {
  readonly tab: Tab;
  readonly icon: IconNode;
  readonly words: MessageId;
  readonly list: Loader<object>;
  readonly badge?: (status: StatusView) => { readonly count: number; readonly words: MessageId };
  /** A badge from the feature's own view. Reads signals while rendering. With `newest` and no count it is a dot. */
  readonly news?: () => { readonly count: number; readonly newest?: unknown } | undefined;
  /** Text of the dot for screen readers. */
  readonly newsWords?: MessageId;
  /** Reads signals while rendering. Absent: the tab is always shown. */
  readonly isShown?: () => boolean;
};

/** Screens that replace everything else. */
export type Whole = {
  readonly alarm: { readonly kind: Alarm };
  readonly locked: object;
  /** The account is being deleted. */
  readonly leaving: object;
  /** Nothing is left in the store. */
  readonly forgotten: object;
};

/** A strip above every page, as long as `of` returns its props. */
export type Strip<P = never> = {
  readonly of: (status: StatusView) => P | undefined;
  readonly strip: Loader<P>;
};
export function strip<P>(of: (status: StatusView) => P | undefined, shown: Loader<P>): Strip {
  return { of, strip: shown } as Strip<unknown> as Strip;
}

/** The props that each slot passes to the part that fills it; the caller does not know whose part that is, if any. */
export type Slots = {
  /** In a text bubble: the preview of its link, and its translation. */
  readonly linkCard: { readonly item: TimelineItem; readonly link: NonNullable<BodyOfItem<"text">["link"]> };
  readonly translation: { readonly chat: string; readonly item: TimelineItem; readonly why: "asked" | "both" };
  /** Beside a bubble, in elder mode. */
  readonly listenButton: { readonly id: string; readonly text: string; readonly lang: string };
  /** Above the composer's field: a preview of the link in it, and stickers that match its text. */
  readonly linkStrip: { readonly chat: string; readonly url: string };
  /** A sticker outside its chat, such as in a record. */
  readonly sticker: { readonly body: BodyOfItem<"sticker"> };
  readonly stickerStrip: {
    readonly chat: string;
    readonly words: string;
    readonly onFound: (count: number) => void;
    readonly onSent: () => void;
    readonly onAway: () => void;
  };
  /** Recording a voice message in place of writing. */
  readonly talk: { readonly id: string; readonly onDone?: () => void };
  readonly announcementSheet: { readonly view: ConversationView; readonly onClose: () => void };
  /** On the page of a contact: to call them. */
  readonly callContact: { readonly chatWith: () => Promise<string | undefined> };
  /** On the page of a contact: their Moments, and whose each of the two may see. */
  readonly contactMoments: { readonly account: string };
  /** In the global search: posts of Moments that match `query`. `onFound`: how many, once it is known. */
  readonly foundMoments: { readonly query: string; readonly onFound: (query: string, count: number) => void };
  /**
   * In the global search: mini programs at hand, or those that match `query`. `onFound`: how many, once it is known.
   */
  readonly foundPrograms: { readonly query: string; readonly onFound: (query: string, count: number) => void };
  /** In Discover: a row that leads to what is public. */
  readonly discoverRow: object;
  /** In Discover: a row that leads to public accounts. */
  readonly accountsRow: object;
  /** In Discover: mini programs that were opened here. */
  readonly programRow: object;
  /** In a chat: a file that is a mini program. */
  readonly programCard: { readonly chat: string; readonly item: TimelineItem; readonly body: BodyOfItem<"file"> };
  /** On the screen of a contact link that was opened: it may name a page of a program that the account gave. */
  readonly linkedProgram: {
    readonly link: string;
    readonly account: string;
    /** The chat of the two; undefined: there is none yet. */
    readonly chat: string | undefined;
    /** Leaves the screen of the link. */
    readonly onDone: () => void;
  };
  /** On the screen of a contact link that was opened: it may hold a code that the account made. */
  readonly linkedScene: { readonly link: string; readonly account: string };
  /** Introduces a contact to others, by a contact card. */
  readonly recommend: { readonly row: ContactRow; readonly onClose: () => void };
  /** A link to a group that was opened. */
  readonly groupInvitation: {
    readonly group: Extract<LinkPreview, { kind: "group" }>;
    readonly link: string;
    readonly onClose: () => void;
  };
  /** On the page of devices: the history kept for new ones. */
  readonly backup: object;
  /** Exports everything from a window under an alarm, which loads nothing any more. */
  readonly carryOut: { readonly label: string; readonly onSaved: () => void };
  /** Ways into an existing account. */
  readonly linkNew: object;
  readonly restore: object;
  readonly familyBack: { readonly onReady: () => void };
  readonly scan: { readonly title?: string; readonly note?: string; readonly onFound?: (link: string) => void };
};

export type ItemBody = TimelineItem["body"];
export type ItemKind = ItemBody["kind"];
export type BodyOfItem<K extends ItemKind> = Extract<ItemBody, { readonly kind: K }>;

/** The props of a bubble. */
export type BubbleProps<K extends ItemKind> = {
  readonly chat: string;
  readonly item: TimelineItem;
  readonly body: BodyOfItem<K>;
  /** False in a chat that the person left: it can only be read. */
  readonly mayWrite: boolean;
  /** All loaded items of the chat; a ref, for handlers that need the latest. */
  readonly around: { readonly current: readonly TimelineItem[] };
};
/** `card`: as wide as the column, framed by the bubble. `media`: without the frame. */
export type Bubble<K extends ItemKind> = { readonly as: "card" | "media"; readonly bubble: Loader<BubbleProps<K>> };

/** The texts of a kind of message, where they are not its `text`, `caption` or `name`. */
export type Said<K extends ItemKind> = {
  /** The summary that a quote shows; the same as `summaryOf` of @yanshu/content returns. */
  readonly begins?: (body: BodyOfItem<K>) => string;
  /** The text that the menu copies. Absent: the menu does not offer it. */
  readonly copied?: (body: BodyOfItem<K>) => string;
  /** The body as it was sent, for `textOf` of @yanshu/content. Absent: it has the same fields. */
  readonly content?: (body: BodyOfItem<K>) => Body;
  /** Its text in an export, with later additions, such as votes. Absent: its text alone. */
  readonly exported?: (body: BodyOfItem<K>) => string;
};

/** An entry of the composer's plus panel. */
export type PlusEntry = {
  /** Also its `data-testid`: `plus-…`. */
  readonly id: string;
  readonly icon: IconNode;
  readonly label: MessageId;
  /** Its place among the entries: 1 comes first. */
  readonly order: number;
  /** In which kinds of conversation. Absent: in all. */
  readonly isFor?: (kind: ConversationView["kind"]) => boolean;
  /** Why the entry does not work here, in few words. Reads signals while rendering. */
  readonly note?: () => MessageId | undefined;
  /** Called within the tap, so that a file chooser or the camera may open. */
  readonly pick: (chat: { readonly id: string }) => void;
  /** In elder mode the entry is a big action above the chats; `who` is the question for the person to choose. */
  readonly big?: { readonly who: MessageId };
};

/** The message that a menu is open for. */
export type Chosen = {
  readonly chat: string;
  readonly item: TimelineItem;
  readonly mayWrite: boolean;
  readonly view: ConversationView | undefined;
};
/**
 * A gesture that runs an action without the menu. `taps`, `taps-on-face`: a double tap on the text or on the avatar.
 * `drawn`: the bubble is dragged to the right. `up`: the Up key in an empty composer, for the person's last message.
 */
export type Gesture = "taps" | "taps-on-face" | "drawn" | "up";
/** An action on a message. */
export type MessageAction = {
  readonly icon: IconNode;
  readonly words: MessageId;
  /** Also its `data-testid`. */
  readonly id: string;
  /** Its place in the menu, so that the thumb learns it: 10 comes first. */
  readonly order: number;
  readonly danger?: boolean;
  /**
   * Runs the action while the message has the focus; a value of `KeyboardEvent.key`. Of two actions with the same key,
   * the first wins.
   */
  readonly key?: string;
  readonly gesture?: Gesture;
  readonly run: () => void;
};
/** Undefined: not for this message. */
export type ActionFor = (chosen: Chosen) => MessageAction | undefined;

/** An action on several messages at once. */
export type ManyAction = Omit<MessageAction, "run"> & {
  /** Whether the action works for this item. */
  readonly may: (item: TimelineItem) => boolean;
  readonly run: (chat: string, items: readonly TimelineItem[]) => void;
};

/** An offer to turn pasted text into something better, such as a list. */
export type PasteOffer = { readonly words: MessageId; readonly action: MessageId; readonly run: () => void };

/** A tab of the emoji and sticker panel. */
export type FaceTab = { readonly id: string; readonly words: string; readonly face: ComponentChildren };
/** A feature's part of the emoji and sticker panel. */
export type FaceSource = {
  /** Reads signals while rendering. */
  readonly tabs: () => readonly FaceTab[];
  readonly Tab: ComponentType<{ readonly chat: string; readonly tab: string }>;
  /** The recently used. `hasOthers`: the panel shows other recent ones already. */
  readonly Recent: ComponentType<{ readonly chat: string; readonly hasOthers: boolean }>;
  readonly Found: ComponentType<{ readonly chat: string; readonly query: string }>;
};

/** A strip at the top of a chat; it renders nothing when it has nothing to say. `order`: 10 comes first. */
export type TopStrip = { readonly order: number; readonly strip: ComponentType<{ readonly view: ConversationView }> };

/**
 * Content below a bubble. A plain function, no component: hundreds of rows pass in a fling, and each component costs
 * time.
 */
export type Below = {
  readonly order: number;
  /** Undefined: nothing. */
  readonly below: (shown: {
    readonly chat: string;
    readonly item: TimelineItem;
    readonly mayWrite: boolean;
  }) => ComponentChildren | undefined;
};

/** The composer's field, as features see it. */
export type Field = {
  readonly chat: string;
  readonly kind: ConversationView["kind"];
  readonly element: { readonly current: HTMLTextAreaElement | null };
  /** Its text, or its last text. */
  readonly words: () => string;
  /** A message was sent to the client and not yet stored; its text stays in the field until then. */
  readonly isUnderway: () => boolean;
  /** The feature calls this after it has changed the field's text. */
  readonly changed: () => void;
};
/** What a feature does while somebody writes. Only `left` is called while an input method composes. */
export type Writing = {
  /** Above the field. */
  readonly above?: ComponentChildren;
  /** In the field's place, while nothing stands in it, nothing is answered, and nobody speaks. */
  readonly instead?: ComponentChildren;
  /** At the beginning of the field's row. */
  readonly before?: ComponentChildren;
  /** The caret may have moved. */
  readonly look?: () => void;
  /** Returns true when the feature handled the key. */
  readonly key?: (event: KeyboardEvent) => boolean;
  /** The text has changed. */
  readonly changed?: () => void;
  /** The field loses the focus, or its text is being sent. */
  readonly left?: () => void;
  /** The client has stored `raw` as a message, and no longer as a draft. */
  readonly stored?: (raw: string) => void;
  /** What is sent along with the text; called once for each message. */
  readonly extras?: (text: string) => Partial<TextExtras>;
};

/** A feature's part of a conversation's timeline and composer, loaded with the screen (docs/spec/web.md WE94). */
export type InLog = {
  readonly strips?: readonly TopStrip[];
  readonly below?: readonly Below[];
  /** After the text of a system line. */
  readonly behindLine?: Below["below"];
  readonly menu?: readonly ActionFor[];
  /** A hook: called whenever the composer is drawn. */
  readonly useWriting?: (field: Field) => Writing;
};

/** An action on a chat of the list. */
export type RowAction = {
  /** Also its `data-testid`: `row-…` in the menu, and `swipe-…` beside a swiped row. */
  readonly id: string;
  readonly icon: IconNode;
  readonly words: MessageId;
  readonly order: number;
  readonly danger?: boolean;
  /** Its label beside a swiped row. Absent: it is only in the menu. */
  readonly swiped?: MessageId;
} & (
  | { readonly run: () => void }
  /** Opens a sheet that asks first. */
  | { readonly sheet: ComponentType<{ readonly row: ChatRow; readonly onClose: () => void }> }
);

/** A row of the details of a chat. `order`: its place among the others. */
export type InfoRow = { readonly order: number; readonly row: (view: ConversationView) => ComponentChildren };

/** A feature's part of a conversation's menus, details and panels; loaded when one of them opens. */
export type InChat = {
  /** At the top of a message's menu. `then(work)` returns a handler that closes the menu and runs `work`. */
  readonly menuTop?: ComponentType<Chosen & { readonly then: (work: () => void) => () => void }>;
  readonly rows?: readonly ((row: ChatRow) => RowAction)[];
  readonly info?: readonly InfoRow[];
  readonly plus?: readonly PlusEntry[];
  readonly menu?: readonly ActionFor[];
  readonly many?: readonly ManyAction[];
  readonly faces?: FaceSource;
  readonly pasted?: (chat: string, text: string) => PasteOffer | undefined;
};

/** A row of “Me” or of the settings. `order`: its place among the others. */
export type Row = { readonly order: number; readonly row: () => ComponentChildren };
/**
 * `group` in the settings: `app`, the app's behavior on this device; `notes` and `about`, blocks of their own, before
 * and after the offer to install; `end`, deleting the account. On the page of privacy: `reach`, who can find the
 * person; `seen`, what others see; `kept`, blocks of their own.
 */
export type SettingRow = Row & { readonly group: "app" | "notes" | "about" | "end" | "reach" | "seen" | "kept" };
/** What a feature adds to “Me” and to the settings; loaded with them. */
export type InMe = { readonly me?: readonly Row[]; readonly settings?: readonly SettingRow[] };

/** A feature's part of a row in the list of chats. It is in the first load, so keep it small. */
export type InList = {
  /** After the name, before the last message, or after it. `isHere`: the chat is open beside the list. */
  readonly marks?: {
    readonly [where in "name" | "front" | "end"]?: (row: ChatRow, isHere: boolean) => ComponentChildren;
  };
  /** Replaces the last message. */
  readonly instead?: (row: ChatRow, isHere: boolean) => { readonly mark: MessageId; readonly text: string } | undefined;
};
/** The type of the lines of kind `K`: one type of line may have several kinds. */
type LineOf<K, L extends SystemLine = SystemLine> = L extends unknown ? (K extends L["kind"] ? L : never) : never;
/** Texts of system lines, in the reader's language: the store has the event, not its text. */
export type Lines = {
  readonly [K in SystemLine["kind"]]?: (line: LineOf<K>) => string;
};

type NoticeProps<L> = { readonly chat: string; readonly id: string; readonly line: L };
export type Notice = Loader<NoticeProps<SystemLine>>;
/** Components for system lines that are more than text, by their kind. */
export type Notices = { readonly [K in SystemLine["kind"]]?: Loader<NoticeProps<LineOf<K>>> };

export type WebFeature = {
  readonly pages?: readonly Page[];
  readonly tabs?: readonly TabDef[];
  readonly slots?: { readonly [S in keyof Slots]?: Loader<Slots[S]> };
  readonly whole?: { readonly [W in keyof Whole]?: Loader<Whole[W]> };
  readonly strips?: readonly Strip[];
  /**
   * The label before a message's text, such as “[Poll]”, in the list, a quote, a pin or a record; by the kind of the
   * body.
   */
  readonly labels?: { readonly [kind: string]: MessageId };
  readonly said?: { readonly [K in ItemKind]?: Said<K> };
  readonly bubbles?: { readonly [K in ItemKind]?: Bubble<K> };
  /** Shows a preview of picked files to the person, and sends them. */
  readonly sendsFiles?: () => Promise<{
    readonly sendPicked: (chat: string, files: readonly File[], asFiles: boolean) => Promise<void>;
  }>;
  readonly inList?: InList;
  /** Each kind of line belongs to one feature (docs/spec/web.md WE95). */
  readonly lines?: Lines;
  readonly notices?: Notices;
  readonly inLog?: () => Promise<{ readonly inLog: InLog }>;
  readonly inChat?: () => Promise<{ readonly inChat: InChat }>;
  readonly inMe?: () => Promise<{ readonly inMe: InMe }>;
  /** Called when the worker no longer responds and the files of its store are gone (shell/pulse.ts). */
  readonly workerGone?: () => Promise<{ readonly workerGone: () => unknown }>;
  /** Starts background work without a screen; called after the first frame. */
  readonly start?: () => Promise<{ readonly start: () => unknown }>;
};

export const webFeature = (feature: WebFeature): WebFeature => feature;
export type { PlaceName, Route };
