/**
 * Red packets 红包, transfers, bills that are shared, and what follows from them (docs/spec/packets.md). All of it is
 * said among members; nothing here is money, and no server knows of it.
 */
import { fixed, line, list, oneOf, struct, text, uint } from "@yanshu/wire";
import { body, contentFeature, mark, signal } from "../feature.ts";
import { account, content, messageName } from "../fields/ids.ts";

export const packetLimits = {
  /** In hundredths: 20,000.00. */
  totalMax: 2_000_000,
  sharesMax: 100,
  wishMax: 60,
  currencyMax: 8,
  noteMax: 80,
  howMax: 40,
  titleMax: 80,
  payToMax: 200,
  /** Of a packet, of a commitment, and of what is committed to. */
  secretBytes: 32,
} as const;

/** Points are a game; money is a note of who owes whom. The two never mix (RP32). */
const of = oneOf("points", "money");
const currency = line(packetLimits.currencyMax);
const amount = uint(packetLimits.totalMax);
const secret = fixed(packetLimits.secretBytes);
const name = struct(messageName);

/** `order`: the place of what was said in the gate's order, as this device saw it (RP3). Absent: not known. */
const placed = { order: uint() };
/** `heardMs`: of older devices; nothing reads it, for clocks of readers differ (RP13). */
const came = { ...placed, heardMs: uint() };
const shown = { ...came, takes: secret };

const words = (wish: string) => `🧧 红包 Red packet: ${wish}`;

export const packets = contentFeature({
  bodies: {
    /** A packet is known by the id of its message (RP1). It lives where it was given: it is not forwarded. */
    packet: body({
      schema: struct(
        {
          of,
          currency,
          total: amount,
          shares: uint(packetLimits.sharesMax),
          mode: oneOf("lucky", "equal"),
          wish: text(packetLimits.wishMax),
          cover: uint(255),
        },
        { forWhom: list(account, packetLimits.sharesMax) },
      ),
      disposition: "message",
      text: ({ wish }) => wish,
      summary: ({ wish }) => wish,
      fallback: ({ wish }) => words(wish),
    }),
    /**
     * Two commitments, one for each neighbour in the ring; in an equal packet they mean nothing (RP2, RP9). `terms`: of
     * which packet, so that who was told another one is seen (RP14).
     */
    packetTake: signal(struct({ ...messageName, left: secret, right: secret }, { terms: secret })),
    /**
     * What was committed to, once both sides of its pot stand (RP4). `first`, `second`: the takes beside it; `takes`:
     * what they held (RP15).
     */
    packetShow: signal(
      struct({ ...messageName, side: oneOf("left", "right"), secret, first: name, second: name }, { takes: secret }),
    ),
    /** By who gave it: nobody takes from it any more (RP6). */
    packetOver: signal(struct({ id: content })),
    /** By who gave it: who has not shown by now leaves the pot to the neighbour (RP7). */
    packetSettled: signal(struct({ id: content, hash: secret })),
    /** By who gave it: it is taken back, if nobody took from it (RP10). */
    packetBack: signal(struct({ id: content })),

    /** Its author owes this to somebody, once they say yes (RP30). */
    owe: body({
      schema: struct(
        { to: account, of, currency, amount, note: text(packetLimits.noteMax) },
        { dueDay: uint(2 ** 32 - 1) },
      ),
      disposition: "message",
      text: ({ note }) => note,
      summary: ({ note }) => note,
      fallback: ({ note }) => `💴 转账 Transfer: ${note}`,
    }),
    /** A bill that somebody paid for several: each part is owed to its author, once that person says yes (RP31). */
    share: body({
      schema: struct(
        {
          title: text(packetLimits.titleMax),
          of,
          currency,
          total: amount,
          parts: list(struct({ account, amount }), packetLimits.sharesMax),
        },
        { payTo: text(packetLimits.payToMax) },
      ),
      disposition: "message",
      text: ({ title }) => title,
      summary: ({ title }) => title,
      fallback: ({ title }) => `🧾 AA 群收款 Shared bill: ${title}`,
    }),
    /**
     * Whether what is said to be owed is so: by who is owed it, or by who has a part of the bill. `terms`: of which
     * transfer or bill, so that who was told another one is seen (RP37).
     */
    owed: signal(struct({ ...messageName, answer: oneOf("yes", "no") }, { terms: secret })),
    /** By who asked, a day later: nobody answered, and it is off (RP30). */
    lapsed: signal(struct({ id: content })),
    /** By who owes. How: in words. */
    paid: signal(struct({ ...messageName, how: text(packetLimits.howMax) })),
    /** By who is owed: `from` has paid. It ends the debt. */
    got: signal(struct({ ...messageName, from: account })),
  },
  marks: {
    packetTake: mark(struct({ id: content, left: secret, right: secret }, { ...came, terms: secret })),
    packetShow: mark(struct({ side: oneOf("left", "right"), secret, first: name, second: name }, shown), {
      isKey: (key) => /^[lr][0-9a-f]{16}$/.test(key),
    }),
    packetOver: mark(struct({}, placed)),
    packetSettled: mark(struct({ hash: secret }, placed)),
    /** Of own devices alone: what this account committed to, by how the left one begins, in hex. Told to nobody. */
    packetSecret: mark(struct({ left: secret, right: secret }), { isKey: (key) => /^[0-9a-f]{32}$/.test(key) }),
    owed: mark(struct({ answer: oneOf("yes", "no") }, { ...placed, terms: secret })),
    lapsed: mark(struct({}, placed)),
    paid: mark(struct({ how: text(packetLimits.howMax) }, placed)),
    /** By its key in hex: whose debt is over. */
    got: mark(struct({}, placed), { isKey: (key) => /^[0-9a-f]{64}$/.test(key) }),
  },
});
