/** Both languages are there before a test speaks one of them. */
import { loadModelWords, loadWords } from "../src/text/i18n";

// In this order the words of models come with each language.
await loadModelWords();
await Promise.all([loadWords("zh"), loadWords("en")]);
