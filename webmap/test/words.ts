/** Both languages are there before a test speaks one of them. */
import { loadModelWords, loadMoreWords, loadWords } from "../src/text/i18n";

// In this order the words of models and of the wall come with each language.
await loadModelWords();
await loadMoreWords("hall");
await Promise.all([loadWords("zh"), loadWords("en")]);
