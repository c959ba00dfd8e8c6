package org.jeroboam.access.shell;

import java.time.Duration;
import java.util.Locale;
import org.jeroboam.management.VirtualMachineState;

/** How values are shown. */
final class Text {
    private Text() {}

    static String of(VirtualMachineState state) {
        return state.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    static String of(Duration time) {
        return String.format(
                Locale.ROOT,
                "%d:%02d:%02d.%d",
                time.toHours(),
                time.toMinutesPart(),
                time.toSecondsPart(),
                time.toMillisPart() / 100);
    }
}
