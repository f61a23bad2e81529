/** Favourites. */
import { testFeature } from "../feature.ts";

export const favourites = testFeature({
  async evidence({ canaries, group, ben, message }) {
    await ben.api.keepFavourites(group, [message]);
    await ben.api.searchFavourites(`kept? ${canaries.text("search word among favourites")}`);
    return undefined;
  },
});
