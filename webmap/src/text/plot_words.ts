/** Whoever draws or shows plots imports this: its words are there before it is drawn. */
import { loadMoreWords } from "./i18n";

await loadMoreWords("plot");
