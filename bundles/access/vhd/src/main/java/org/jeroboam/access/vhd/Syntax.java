package org.jeroboam.access.vhd;

import java.util.List;

/**
 * What a command takes: read by the tool, by its help, and by the shell for completion. A parser of our own: the
 * library that the other programs use costs each start 0.1 s, since the JVM's cache does not take its old classes.
 *
 * @param name the command
 * @param description a sentence
 * @param operands what has to be named, in order
 * @param options what can be
 */
public record Syntax(String name, String description, List<Operand> operands, List<Option> options) {
    /** Each command has it. */
    static final String HELP = "--help";

    /** Copies the lists. */
    public Syntax {
        operands = List.copyOf(operands);
        options = List.copyOf(options);
    }

    /**
     * A file that has to be named.
     *
     * @param label its name in the help
     * @param description what it is
     */
    public record Operand(String label, String description) {}

    /**
     * An option.
     *
     * @param name such as {@code --size}
     * @param label the name of its value in the help; null when it has none
     * @param description what it does
     * @param required whether it has to be there
     * @param isFile whether its value is a file
     * @param values what its value can be; empty when that is not a list
     */
    public record Option(
            String name, String label, String description, boolean required, boolean isFile, List<String> values) {
        /** Copies the list. */
        public Option {
            values = List.copyOf(values);
        }

        static Option flag(String name, String description) {
            return new Option(name, null, description, false, false, List.of());
        }

        static Option value(String name, String label, String description) {
            return new Option(name, label, description, false, false, List.of());
        }

        static Option file(String name, String label, String description) {
            return new Option(name, label, description, false, true, List.of());
        }

        static Option oneOf(String name, String description, String... values) {
            return new Option(name, "TYPE", description, false, false, List.of(values));
        }

        Option needed() {
            return new Option(name, label, description, true, isFile, values);
        }

        private String shape() {
            return label == null ? name : name + " " + label;
        }
    }

    /** The option of a name; null when there is none. */
    Option option(String wanted) {
        for (Option option : options) {
            if (option.name().equals(wanted)) {
                return option;
            }
        }
        return null;
    }

    /** The command's line. */
    String usage() {
        StringBuilder usage = new StringBuilder(name);
        for (Operand operand : operands) {
            usage.append(' ').append(operand.label());
        }
        for (Option option : options) {
            String shape = option.shape();
            usage.append(' ').append(option.required() ? shape : "[" + shape + "]");
        }
        return usage.toString();
    }

    /** What the command's {@code --help} says. */
    String help(String program) {
        StringBuilder help = new StringBuilder("Usage: " + program + usage() + "\n" + description + "\n");
        for (Operand operand : operands) {
            line(help, operand.label(), operand.description());
        }
        for (Option option : options) {
            line(help, option.shape(), option.description());
        }
        line(help, "-h, " + HELP, "this text");
        return help.toString();
    }

    private static void line(StringBuilder help, String what, String description) {
        help.append(String.format("  %-18s %s\n", what, description));
    }
}
