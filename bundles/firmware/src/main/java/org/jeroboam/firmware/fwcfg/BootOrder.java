package org.jeroboam.firmware.fwcfg;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The order in which SeaBIOS tries this board's drives, as OpenFirmware paths that it knows them by. */
final class BootOrder {
    /** IDE connectors in the order in which disks fill them. */
    static final List<String> CONNECTORS =
            List.of("primary.master", "primary.slave", "secondary.slave", "secondary.master");

    private static final String FLOPPY = "/pci@i0cf8/isa@7/fdc@03f0/floppy@0";
    private static final Map<String, String> IDE = Map.of(
            "primary.master", "/pci@i0cf8/ide@7,1/drive@0/disk@0",
            "primary.slave", "/pci@i0cf8/ide@7,1/drive@0/disk@1",
            "secondary.master", "/pci@i0cf8/ide@7,1/drive@1/disk@0",
            "secondary.slave", "/pci@i0cf8/ide@7,1/drive@1/disk@1");

    private BootOrder() {}

    /**
     * Whether these letters are an order.
     *
     * @param letters each of c (hard disks), d (CD-ROM) and a (floppy) at most once
     */
    static boolean valid(String letters) {
        return letters.matches("[cda]*") && letters.chars().distinct().count() == letters.length();
    }

    /**
     * The order as fw_cfg's file says it.
     *
     * @param letters valid ones
     * @param cdrom the CD-ROM drive's connector, or empty when there is none
     * @return lines; empty without letters
     */
    static String lines(String letters, String cdrom) {
        return letters.chars()
                .mapToObj(letter -> of((char) letter, cdrom))
                .flatMap(List::stream)
                .collect(Collectors.joining("\n"));
    }

    private static List<String> of(char letter, String cdrom) {
        return switch (letter) {
            case 'a' -> List.of(FLOPPY);
            case 'd' -> cdrom.isEmpty() ? List.of() : List.of(IDE.get(cdrom));
            default ->
                CONNECTORS.stream()
                        .filter(connector -> !connector.equals(cdrom))
                        .map(IDE::get)
                        .toList();
        };
    }
}
