/** Who fits the name that was begun. */
export { MentionList } from "./mention-list.tsx";
