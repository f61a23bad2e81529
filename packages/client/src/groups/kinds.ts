/** Handlers of this room for messages and sealed notes, by kind (docs/spec/groups.md). */
import type { CoreKinds, NoteKinds } from "../core/engine.ts";
import { keepNote } from "../group-state/pending-welcomes.ts";
import { roleOf } from "../group-state/store-group.ts";
import { answerResync, hearNotAMember } from "./answer-resync.ts";
import { answerJoin, turnAway } from "./join-answer.ts";
import { hearAnswer } from "./join-ask.ts";
import { hearComebackPlace } from "./rejoin-groups.ts";
import { hearPlace } from "./resync.ts";
import { tryWelcome } from "./welcome.ts";

export const groupKinds: CoreKinds = {
  turnedAway: {
    apply: (engine, group, sender, { body }) => {
      // An owner or admin declined a request: the others' devices drop it. @checks GR27
      if (roleOf(group, sender.account) !== undefined)
        turnAway(engine, group.state.conversation, body.account, body.askedMs);
    },
  },
};

export const groupNotes: NoteKinds = {
  welcome: {
    isHalf: true,
    hear: async (engine, { tag, key }, address) => {
      keepNote(engine, { tag, key, address });
      await tryWelcome(engine, tag);
      return true;
    },
  },
  resync: { hear: answerResync },
  place: {
    hear: (engine, note) => {
      if (!hearComebackPlace(engine, note)) hearPlace(engine, note);
      return true;
    },
  },
  notAMember: { hear: hearNotAMember },
  join: { hear: answerJoin },
  answer: {
    hear: (engine, note, address) => {
      hearAnswer(engine, address, note);
      return true;
    },
  },
};
