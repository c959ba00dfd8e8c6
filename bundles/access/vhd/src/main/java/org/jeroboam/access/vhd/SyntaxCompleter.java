package org.jeroboam.access.vhd;

import java.util.ArrayList;
import java.util.List;
import org.apache.karaf.shell.api.console.Candidate;
import org.apache.karaf.shell.api.console.CommandLine;
import org.apache.karaf.shell.api.console.Completer;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.support.completers.FileCompleter;
import org.apache.karaf.shell.support.completers.StringsCompleter;

/** Completes the words of a command by its syntax: options, the values they take, and names of files. */
final class SyntaxCompleter implements Completer {
    private final String scope;
    private final Syntax syntax;

    SyntaxCompleter(String scope, Syntax syntax) {
        this.scope = scope;
        this.syntax = syntax;
    }

    @Override
    public int complete(Session session, CommandLine line, List<String> candidates) {
        return chosen(line).complete(session, line, candidates);
    }

    @Override
    public void completeCandidates(Session session, CommandLine line, List<Candidate> candidates) {
        chosen(line).completeCandidates(session, line, candidates);
    }

    private Completer chosen(CommandLine line) {
        String[] words = line.getArguments();
        int at = line.getCursorArgumentIndex();
        if (at <= 0) {
            return new StringsCompleter(List.of(scope + ":" + syntax.name(), syntax.name()));
        }
        if (!words[0].equals(syntax.name()) && !words[0].equals(scope + ":" + syntax.name())) {
            return new StringsCompleter();
        }
        Syntax.Option before = syntax.option(words[at - 1]);
        if (before != null && before.label() != null) {
            return before.isFile() ? new FileCompleter() : new StringsCompleter(before.values());
        }
        String word = at < words.length && words[at] != null ? words[at] : "";
        if (word.startsWith("-")
                || operandsBefore(words, at) >= syntax.operands().size()) {
            return new StringsCompleter(optionsLeft(words, at));
        }
        return new FileCompleter();
    }

    private int operandsBefore(String[] words, int at) {
        int operands = 0;
        for (int i = 1; i < at; i++) {
            Syntax.Option option = syntax.option(words[i]);
            if (option != null) {
                i += option.label() == null ? 0 : 1;
            } else if (!words[i].startsWith("-")) {
                operands++;
            }
        }
        return operands;
    }

    private List<String> optionsLeft(String[] words, int at) {
        List<String> left = new ArrayList<>();
        for (Syntax.Option option : syntax.options()) {
            boolean used = false;
            for (int i = 1; i < words.length; i++) {
                used |= i != at && option.name().equals(words[i]);
            }
            if (!used) {
                left.add(option.name());
            }
        }
        left.add(Syntax.HELP);
        return left;
    }
}
