package org.jeroboam.platform.launcher;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Makes a line for the Gogo shell from the words of another shell. */
final class GogoLine {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./:=,@%+-]+");
    private static final Pattern SPECIAL_IN_QUOTES = Pattern.compile("[\\\\\"$]");

    private GogoLine() {}

    /**
     * Joins words.
     *
     * @param words a single one is a whole line already, and may use all that Gogo knows; of several each stays one word
     * @return the line
     */
    static String of(List<String> words) {
        return words.size() == 1
                ? words.getFirst()
                : words.stream().map(GogoLine::quote).collect(Collectors.joining(" "));
    }

    private static String quote(String word) {
        if (PLAIN.matcher(word).matches()) {
            return word;
        }
        return word.contains("'") ? '"' + SPECIAL_IN_QUOTES.matcher(word).replaceAll("\\\\$0") + '"' : "'" + word + "'";
    }
}
