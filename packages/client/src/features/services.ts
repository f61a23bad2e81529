/**
 * Service accounts 服务号 (docs/spec/bridge.md PA13–PA15): an account puts buttons into the chat of two that somebody has
 * with it, is told which one was pressed, and sends rows with names. Nothing says that an account is one: any contact
 * may do it.
 */
import { type BodyOf, decodeBody, serviceLimits } from "@yanshu/content";
import { hasPressed, readConversationHead, readServiceMenu } from "@yanshu/store";
import { plain } from "@yanshu/wire";
import { atMost, ClientError, clientFeature, filled, type Hex, idFrom, type ReadContext } from "../feature.ts";

/** One of the two, or neither: then nothing happens at a tap. */
type ServiceAct = { readonly words: string; readonly key?: string; readonly url?: string };
export type ServiceButton = ServiceAct & { readonly below?: readonly ServiceAct[] };
export type ServiceMenu = { readonly buttons: readonly ServiceButton[] };
/** `isOffer`: nobody of this account pressed a button there yet (PA18). */
type ServiceMenuView = ServiceMenu & { readonly isOffer: boolean };
export type ServiceForm = {
  readonly title: string;
  readonly rows: readonly { readonly name: string; readonly words: string }[];
  readonly url?: string;
};
type PressItem = { readonly kind: "servicePress"; readonly words: string; readonly key: string };
type FormItem = { readonly kind: "serviceForm" } & ServiceForm;

/** Rejects with `not-allowed` outside a chat of two. */
type ServicesApi = {
  /** Takes the place of the menu before; without buttons there is none. */
  readonly setServiceMenu: (conversation: Hex, menu: ServiceMenu) => Promise<Hex>;
  readonly pressService: (conversation: Hex, press: { readonly words: string; readonly key: string }) => Promise<Hex>;
  /** Rejects with `empty`, `too-long`. */
  readonly sendServiceForm: (conversation: Hex, form: ServiceForm) => Promise<Hex>;
};

/** Another address is opened by no tap. @checks PA14 */
function openedBy(url: string | undefined): string | undefined {
  if (url === undefined || !/^https:\/\/[^\s/]/i.test(url)) return undefined;
  return url;
}

function shownAct({ words, key, url }: ServiceAct): ServiceAct {
  const opened = openedBy(url);
  if (opened !== undefined) return { words: plain(words), url: opened };
  return { words: plain(words), ...(key === undefined ? {} : { key }) };
}

function menuIn({ database, own, conversations }: ReadContext, chat: Hex) {
  const conversation = idFrom(chat);
  if (conversation === undefined || own === undefined) return undefined;
  const kind = readConversationHead(database, conversation)?.kind ?? "";
  // @checks PA13: in a group nobody's buttons stand.
  if (!conversations.of(kind).hasPeer) return undefined;
  const said = readServiceMenu(database, conversation, own.account);
  const body = said && decodeBody(said);
  if (body?.kind !== "serviceMenu") return undefined;
  return { body, isOffer: !hasPressed(database, conversation, own.account) };
}

function readMenu(context: ReadContext, chat: Hex): ServiceMenuView {
  const { body, isOffer = false } = menuIn(context, chat) ?? {};
  const buttons = (body?.buttons ?? []).map((button) =>
    button.below === undefined || button.below.length === 0
      ? shownAct(button)
      : { words: plain(button.words), below: button.below.map(shownAct) },
  );
  return { buttons, isOffer: isOffer && buttons.length > 0 };
}

const act = ({ words, key, url }: ServiceAct) => ({
  words: filled(words, serviceLimits.wordsMax),
  ...(key === undefined ? {} : { key: atMost(key, serviceLimits.keyMax) }),
  ...(url === undefined ? {} : { url: atMost(url, serviceLimits.urlMax) }),
});

export const services = clientFeature({
  kinds: ["serviceMenu", "servicePress", "serviceForm"],

  show: {
    servicePress: (_, { words, key }): PressItem => ({ kind: "servicePress", words: plain(words), key }),
    serviceForm: (_, { title, rows, url }): FormItem => {
      const opened = openedBy(url);
      return {
        kind: "serviceForm",
        title: plain(title),
        rows: rows.map(({ name, words }) => ({ name: plain(name), words: plain(words) })),
        ...(opened === undefined ? {} : { url: opened }),
      };
    },
  },

  views: {
    serviceMenu: { topics: (conversation: Hex) => [`conversation:${conversation}`], read: readMenu },
  },

  api: ({ db, writable, say, kindOf }): ServicesApi => {
    const ofTwo = (chat: Hex) => {
      const conversation = writable(chat);
      // not a check: what the own screens and bridge ask for; others judge for themselves.
      if (!kindOf(readConversationHead(db, conversation)?.kind).hasPeer) throw new ClientError("not-allowed");
      return conversation;
    };
    return {
      async setServiceMenu(chat, { buttons }) {
        const { buttonsMax, belowMax } = serviceLimits;
        // not a check: what the own screens and bridge ask for; others judge for themselves.
        if (buttons.length > buttonsMax || buttons.some(({ below = [] }) => below.length > belowMax))
          throw new ClientError("too-long");
        const body: BodyOf<"serviceMenu"> = {
          kind: "serviceMenu",
          buttons: buttons.map((button) =>
            button.below === undefined ? act(button) : { ...act(button), below: button.below.map(act) },
          ),
        };
        return say(ofTwo(chat), body);
      },
      async pressService(chat, { words, key }) {
        return say(ofTwo(chat), {
          kind: "servicePress",
          words: filled(words, serviceLimits.wordsMax),
          key: atMost(key, serviceLimits.keyMax),
        });
      },
      async sendServiceForm(chat, { title, rows, url }) {
        const { titleMax, rowsMax, rowNameMax, rowWordsMax, urlMax } = serviceLimits;
        // not a check: what the own screens and bridge ask for; others judge for themselves.
        if (rows.length > rowsMax) throw new ClientError("too-long");
        return say(ofTwo(chat), {
          kind: "serviceForm",
          title: filled(title, titleMax),
          rows: rows.map(({ name, words }) => ({ name: atMost(name, rowNameMax), words: atMost(words, rowWordsMax) })),
          ...(url === undefined ? {} : { url: atMost(url, urlMax) }),
        });
      },
    };
  },
});
