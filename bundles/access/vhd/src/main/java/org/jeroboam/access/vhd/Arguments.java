package org.jeroboam.access.vhd;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jeroboam.hardware.device.ConfigurationException;

/** What was typed behind a command, judged by its syntax. */
final class Arguments {
    private static final String END = "--";

    private final Syntax syntax;
    private final List<String> operands = new ArrayList<>();
    private final Map<String, String> options = new HashMap<>();
    private boolean help;

    private Arguments(Syntax syntax) {
        this.syntax = syntax;
    }

    /**
     * Reads arguments. Options may stand anywhere, their values behind a blank or an equals sign; what follows
     * {@code --} is no option.
     *
     * @throws ConfigurationException when they do not fit; one sentence
     */
    static Arguments parse(Syntax syntax, List<String> words) throws ConfigurationException {
        Arguments arguments = new Arguments(syntax);
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (word.equals(END)) {
                arguments.operands.addAll(words.subList(i + 1, words.size()));
                break;
            } else if (word.equals("-h") || word.equals(Syntax.HELP)) {
                arguments.help = true;
            } else if (word.startsWith("-") && word.length() > 1) {
                i = arguments.option(words, i);
            } else {
                arguments.operands.add(word);
            }
        }
        if (!arguments.help) {
            arguments.judge();
        }
        return arguments;
    }

    private int option(List<String> words, int index) throws ConfigurationException {
        String word = words.get(index);
        int equals = word.indexOf('=');
        String name = equals < 0 ? word : word.substring(0, equals);
        Syntax.Option option = syntax.option(name);
        if (option == null) {
            throw wrong("knows no option " + name);
        }
        if (option.label() == null) {
            if (equals >= 0) {
                throw wrong("takes no value behind " + name);
            }
            options.put(name, "");
            return index;
        }
        int used = equals < 0 ? index + 1 : index;
        if (used == words.size()) {
            throw wrong("needs a " + option.label() + " behind " + name);
        }
        String value = equals < 0 ? words.get(used) : word.substring(equals + 1);
        if (!option.values().isEmpty()) {
            value = value.toLowerCase(Locale.ROOT);
            if (!option.values().contains(value)) {
                throw wrong("takes for " + name + " one of " + String.join(", ", option.values()) + ", not " + value);
            }
        }
        if (options.put(name, value) != null) {
            throw wrong("takes " + name + " once");
        }
        return used;
    }

    private void judge() throws ConfigurationException {
        List<Syntax.Operand> wanted = syntax.operands();
        if (operands.size() < wanted.size()) {
            Syntax.Operand missing = wanted.get(operands.size());
            throw wrong("needs " + missing.label() + ": " + missing.description());
        }
        if (operands.size() > wanted.size()) {
            throw wrong("does not know what to do with '" + operands.get(wanted.size()) + "'");
        }
        for (Syntax.Option option : syntax.options()) {
            if (option.required() && !options.containsKey(option.name())) {
                throw wrong("needs " + option.name() + ": " + option.description());
            }
        }
    }

    /** A sentence about wrong use. */
    ConfigurationException wrong(String clause) {
        return new ConfigurationException(
                syntax.name() + " " + clause + "; " + syntax.name() + " --help lists what there is");
    }

    boolean wantsHelp() {
        return help;
    }

    Path file(int index) throws ConfigurationException {
        return path(operands.get(index));
    }

    private Path path(String text) throws ConfigurationException {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new ConfigurationException("'" + text + "' cannot be the name of a file: " + e.getReason(), e);
        }
    }

    boolean has(String option) {
        return options.containsKey(option);
    }

    /** The value of an option; null without it. */
    String value(String option) {
        return options.get(option);
    }

    Path file(String option) throws ConfigurationException {
        return path(options.get(option));
    }

    long size(String option) throws ConfigurationException {
        return Sizes.parse(options.get(option));
    }
}
