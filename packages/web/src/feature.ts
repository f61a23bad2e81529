/**
 * Feature: what a part of the app adds to the screens, said in one place (docs/spec/web.md WE88).
 *
 * A feature is one folder under `features/` and one line in `features/index.ts`. Of the core it imports this contract,
 * the kit (`shell/`, `kit/`) and the words (`locales/i18n.ts`); of other features nothing. The core knows features by
 * the list alone.
 *
 * What stands here is in the first load of every page, so it only names what there is. The rest comes with the files of
 * the place where it is shown: `in-log`, `in-chat`, `in-me`, `in-contacts`, `on-arrival` (build/chunks.ts puts those of
 * all features together).
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

/** A page: where it is, what shows it, and where it belongs. */
export type Page = {
  readonly at: Spot;
  /** `:id` stands for a conversation or a person, `:at` for an item's order. */
  readonly path: string;
  /** What the list column of a wide window shows beside it. */
  readonly tab: Tab;
  /** Where “back” leads when there is no history, such as after opening the address directly. */
  readonly parent: Spot;
  /** Is given what the place holds besides its name. */
  readonly screen: Loader<never>;
};

/** One page, with a screen that takes what its place holds. */
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
  /** The same out of a view of the feature's own, followed while drawing; and a dot, which says less than a number. */
  readonly news?: () => { readonly count: number; readonly newest?: unknown } | undefined;
  /** What is read of the dot. */
  readonly newsWords?: MessageId;
  /** Followed while drawing. Absent: it is there. */
  readonly isShown?: () => boolean;
};

/** What takes the whole screen, whatever was there. */
export type Whole = {
  readonly alarm: { readonly kind: Alarm };
  readonly locked: object;
  /** The account is being deleted. */
  readonly leaving: object;
  /** Nothing is left in the store. */
  readonly forgotten: object;
};

/** What stands over every page, as long as `of` answers with something. */
export type Strip<P = never> = {
  readonly of: (status: StatusView) => P | undefined;
  readonly strip: Loader<P>;
};
export function strip<P>(of: (status: StatusView) => P | undefined, shown: Loader<P>): Strip {
  return { of, strip: shown } as Strip<unknown> as Strip;
}

/** What a slot gives to the part that fills it. Nobody knows which feature that is, or whether one does. */
export type Slots = {
  /** In a bubble of words: the card of their link, and what they mean in the reader's language. */
  readonly linkCard: { readonly item: TimelineItem; readonly link: NonNullable<BodyOfItem<"text">["link"]> };
  readonly translation: { readonly chat: string; readonly item: TimelineItem; readonly why: "asked" | "both" };
  /** Beside a bubble, in elder mode. */
  readonly listenButton: { readonly id: string; readonly text: string; readonly lang: string };
  /** Above the field: what is known of the link in it, and pictures for its words. */
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
  /** Speaking in place of writing. */
  readonly talk: { readonly id: string; readonly onDone?: () => void };
  readonly announcementSheet: { readonly view: ConversationView; readonly onClose: () => void };
  /** On the page of a contact: to call them. */
  readonly callContact: { readonly chatWith: () => Promise<string | undefined> };
  /** The same: what they post, and who sees whose. */
  readonly contactMoments: { readonly account: string };
  /** In the search of everything: their posts that hold these words. `onFound`: how many, once it is known. */
  readonly foundMoments: { readonly query: string; readonly onFound: (query: string, count: number) => void };
  /** A contact is introduced to others. */
  readonly recommend: { readonly row: ContactRow; readonly onClose: () => void };
  /** A link to a group that was opened. */
  readonly groupInvitation: {
    readonly group: Extract<LinkPreview, { kind: "group" }>;
    readonly link: string;
    readonly onClose: () => void;
  };
  /** Among the devices: what is kept for new ones. */
  readonly backup: object;
  /** Everything on its way out of a window that loads nothing any more. */
  readonly carryOut: { readonly onSaved: () => void };
  /** Ways into an account that is there already. */
  readonly linkNew: object;
  readonly restore: object;
  readonly familyBack: { readonly onReady: () => void };
  readonly scan: { readonly title?: string; readonly note?: string; readonly onFound?: (link: string) => void };
};

export type ItemBody = TimelineItem["body"];
export type ItemKind = ItemBody["kind"];
export type BodyOfItem<K extends ItemKind> = Extract<ItemBody, { readonly kind: K }>;

/** What a bubble is given. */
export type BubbleProps<K extends ItemKind> = {
  readonly chat: string;
  readonly item: TimelineItem;
  readonly body: BodyOfItem<K>;
  /** Whether one may answer here: a chat that was left can only be read. */
  readonly mayWrite: boolean;
  /** All that was read of the chat, as it is when something is done. */
  readonly around: { readonly current: readonly TimelineItem[] };
};
/** `card`: as wide as the column, framed by the bubble. `media`: without the frame. */
export type Bubble<K extends ItemKind> = { readonly as: "card" | "media"; readonly bubble: Loader<BubbleProps<K>> };

/** The words of a message of a kind, where they are not its `text`, `caption` or `name`. */
export type Said<K extends ItemKind> = {
  /** How it begins, as a quote of it reads: as `summaryOf` of @yanshu/content has it. */
  readonly begins?: (body: BodyOfItem<K>) => string;
  /** What the menu copies of it. Absent: nothing. */
  readonly copied?: (body: BodyOfItem<K>) => string;
  /** The same as it was said, for `textOf`. Absent: its fields are the same. */
  readonly content?: (body: BodyOfItem<K>) => Body;
  /** Its words in an export, with what came to it later, such as the votes. Absent: its words alone. */
  readonly exported?: (body: BodyOfItem<K>) => string;
};

/** One thing that the plus of the composer offers. */
export type PlusEntry = {
  /** Also its `data-testid`: `plus-…`. */
  readonly id: string;
  readonly icon: IconNode;
  readonly label: MessageId;
  /** Its place among the entries: 1 comes first. */
  readonly order: number;
  /** Absent: everywhere. */
  readonly isFor?: (kind: ConversationView["kind"]) => boolean;
  /** Why it cannot be done here, in few words, read while the panel is drawn. */
  readonly note?: () => MessageId | undefined;
  /** Called within the tap, so that a file chooser or the camera may open. */
  readonly pick: (chat: { readonly id: string }) => void;
  /** In elder mode it is one of the big actions above the chats, which ask with whom by these words. */
  readonly big?: { readonly who: MessageId };
};

/** What the menu of a message knows of it. */
export type Chosen = {
  readonly chat: string;
  readonly item: TimelineItem;
  readonly mayWrite: boolean;
  readonly view: ConversationView | undefined;
};
/**
 * What asks for an action beside the menu: two taps on the words, or on the face beside them; the bubble drawn to the
 * right; up in an empty field, for the last that one said.
 */
export type Gesture = "taps" | "taps-on-face" | "drawn" | "up";
/** One thing that can be done with a message. */
export type MessageAction = {
  readonly icon: IconNode;
  readonly words: MessageId;
  /** Also its `data-testid`. */
  readonly id: string;
  /** Its place in the menu, so that the thumb learns it: 10 comes first. */
  readonly order: number;
  readonly danger?: boolean;
  /**
   * As `KeyboardEvent.key` has it: asks for it while the message has the focus. Of two that have the same, the first
   * can be asked for.
   */
  readonly key?: string;
  readonly gesture?: Gesture;
  readonly run: () => void;
};
/** Undefined: not with this message. */
export type ActionFor = (chosen: Chosen) => MessageAction | undefined;

/** One thing that can be done with several messages at once. */
export type ManyAction = Omit<MessageAction, "run"> & {
  /** Whether it can be done with this one. */
  readonly may: (item: TimelineItem) => boolean;
  readonly run: (chat: string, items: readonly TimelineItem[]) => void;
};

/** Something better that can be made of words that were pasted. */
export type PasteOffer = { readonly words: MessageId; readonly action: MessageId; readonly run: () => void };

/** A tab of the panel of faces: what one sends beside words. */
export type FaceTab = { readonly id: string; readonly words: string; readonly face: ComponentChildren };
/** What a feature adds to the panel of faces. */
export type FaceSource = {
  /** Followed while drawing. */
  readonly tabs: () => readonly FaceTab[];
  readonly Tab: ComponentType<{ readonly chat: string; readonly tab: string }>;
  /** Used last. `hasOthers`: something else stands there already. */
  readonly Recent: ComponentType<{ readonly chat: string; readonly hasOthers: boolean }>;
  readonly Found: ComponentType<{ readonly chat: string; readonly query: string }>;
};

/** What stands on top of a chat, as long as there is something to say. `order`: 10 comes first. */
export type TopStrip = { readonly order: number; readonly strip: ComponentType<{ readonly view: ConversationView }> };

/**
 * What stands under a bubble. A plain function of what is shown: hundreds of rows pass in a fling, and each component
 * has its price.
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

/** The field where one writes, as a feature that goes along with the writing knows it. */
export type Field = {
  readonly chat: string;
  readonly kind: ConversationView["kind"];
  readonly element: { readonly current: HTMLTextAreaElement | null };
  /** What stands in it, or stood in it last. */
  readonly words: () => string;
  /** What was tapped is on its way to the client, and stands in the field until it is there. */
  readonly isUnderway: () => boolean;
  /** To be called where the feature wrote into it. */
  readonly changed: () => void;
};
/** What a feature does while one writes. None of it is called while an input method composes, but `left`. */
export type Writing = {
  /** Above the field. */
  readonly above?: ComponentChildren;
  /** The caret may stand elsewhere. */
  readonly look?: () => void;
  /** Whether the key was for it. */
  readonly key?: (event: KeyboardEvent) => boolean;
  /** Something else stands in the field. */
  readonly changed?: () => void;
  /** The field is left, or what stands in it is being sent. */
  readonly left?: () => void;
  /** The client has stored this, and nothing of it as a draft any more. */
  readonly stored?: (raw: string) => void;
  /** What goes along with the text that is being said; asked for once. */
  readonly extras?: (text: string) => Partial<TextExtras>;
};

/** What a feature adds to a conversation as it is read and written, loaded with its screen (docs/spec/web.md WE94). */
export type InLog = {
  readonly strips?: readonly TopStrip[];
  readonly below?: readonly Below[];
  /** Behind a line about what happened. */
  readonly behindLine?: Below["below"];
  readonly menu?: readonly ActionFor[];
  /** A hook: called whenever the composer is drawn. */
  readonly useWriting?: (field: Field) => Writing;
};

/** One thing that can be done with a chat of the list. */
export type RowAction = {
  /** Also its `data-testid`: `row-…`, and `swipe-…` beside a row that was drawn aside. */
  readonly id: string;
  readonly icon: IconNode;
  readonly words: MessageId;
  readonly order: number;
  readonly danger?: boolean;
  /** It stands beside a row that was drawn aside too, under these words. */
  readonly swiped?: MessageId;
} & (
  | { readonly run: () => void }
  /** Asks first, in a sheet of its own. */
  | { readonly sheet: ComponentType<{ readonly row: ChatRow; readonly onClose: () => void }> }
);

/** A row of the details of a chat. `order`: its place among the others. */
export type InfoRow = { readonly order: number; readonly row: (view: ConversationView) => ComponentChildren };

/** What a feature adds to a conversation; loaded with what a conversation opens. */
export type InChat = {
  /** On top of the menu of a message. `then`: closes the menu, and does that. */
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
 * `app`: how it behaves here. `notes` and `about`: blocks of their own, before and after that the app can be installed.
 * `end`: going for good. On the page of privacy: `reach`, by whom one is found; `seen`, what shows; `kept`, blocks of
 * their own.
 */
export type SettingRow = Row & { readonly group: "app" | "notes" | "about" | "end" | "reach" | "seen" | "kept" };
/** What a feature adds to “Me” and to the settings; loaded with them. */
export type InMe = { readonly me?: readonly Row[]; readonly settings?: readonly SettingRow[] };

/** What a feature says in a row of the list of chats. Part of the first load: as little as can be. */
export type InList = {
  /** Behind the name, in front of the last thing said, behind it. `isHere`: the chat stands beside the list. */
  readonly marks?: {
    readonly [where in "name" | "front" | "end"]?: (row: ChatRow, isHere: boolean) => ComponentChildren;
  };
  /** Stands in place of the last thing said. */
  readonly instead?: (row: ChatRow, isHere: boolean) => { readonly mark: MessageId; readonly text: string } | undefined;
};
/** Kinds that are told alike are one type. */
type LineOf<K, L extends SystemLine = SystemLine> = L extends unknown ? (K extends L["kind"] ? L : never) : never;
/** Lines about what happened, in words of the reader: what happened is stored, its words never are. */
export type Lines = {
  readonly [K in SystemLine["kind"]]?: (line: LineOf<K>) => string;
};

type NoticeProps<L> = { readonly chat: string; readonly id: string; readonly line: L };
export type Notice = Loader<NoticeProps<SystemLine>>;
/** A line about what happened that is more than words, by its kind. */
export type Notices = { readonly [K in SystemLine["kind"]]?: Loader<NoticeProps<LineOf<K>>> };

export type WebFeature = {
  readonly pages?: readonly Page[];
  readonly tabs?: readonly TabDef[];
  readonly slots?: { readonly [S in keyof Slots]?: Loader<Slots[S]> };
  readonly whole?: { readonly [W in keyof Whole]?: Loader<Whole[W]> };
  readonly strips?: readonly Strip[];
  /**
   * What stands in front of a kind's words, such as “[Poll]”: in the list, a quote, a pin, a record. By the kind of its
   * body.
   */
  readonly labels?: { readonly [kind: string]: MessageId };
  readonly said?: { readonly [K in ItemKind]?: Said<K> };
  readonly bubbles?: { readonly [K in ItemKind]?: Bubble<K> };
  /** Looks at files with their sender, and sends them. */
  readonly sendsFiles?: () => Promise<{
    readonly sendPicked: (chat: string, files: readonly File[], asFiles: boolean) => Promise<void>;
  }>;
  readonly inList?: InList;
  /** Of one kind of line, one feature's (docs/spec/web.md WE95). */
  readonly lines?: Lines;
  readonly notices?: Notices;
  readonly inLog?: () => Promise<{ readonly inLog: InLog }>;
  readonly inChat?: () => Promise<{ readonly inChat: InChat }>;
  readonly inMe?: () => Promise<{ readonly inMe: InMe }>;
  /** What is done when the worker stands still, and the files of its store are gone. */
  readonly workerGone?: () => Promise<{ readonly workerGone: () => unknown }>;
  /** What runs beside the screens and shows nothing of its own: called once the first frame stands. */
  readonly start?: () => Promise<{ readonly start: () => unknown }>;
};

export const webFeature = (feature: WebFeature): WebFeature => feature;
export type { PlaceName, Route };
