/** All screens of Moments: one file, loaded once the first screen stands. */
export { FamilyAlbum } from "./album.tsx";
export { Compose } from "./compose.tsx";
export { ContactMoments } from "./contact-rows.tsx";
export { Discover } from "./discover.tsx";
export { Feed } from "./feed.tsx";
export { News } from "./news.tsx";
export { FriendMoments, MyMoments } from "./person-page.tsx";
export { PostPage } from "./post-page.tsx";
export { MomentsSettings } from "./settings.tsx";
export { Status } from "./status.tsx";
