/** What the operator says of meeting places (docs/spec/homes.md HM80). */
import { service } from "../../feature.ts";

export type MeetingPort = {
  /** Other servers at which people of this home look for each other once it is gone. */
  readonly places: readonly string[];
};

/** Absent: the operator named none. */
export const meetingPort = service<MeetingPort>("meeting");
