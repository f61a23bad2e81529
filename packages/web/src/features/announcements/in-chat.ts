/** The announcement of a group, in full. */
export { AnnouncementSheet } from "./announcement-sheet.tsx";
