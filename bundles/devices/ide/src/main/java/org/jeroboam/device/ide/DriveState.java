package org.jeroboam.device.ide;

/** What a channel remembers of a connector. */
sealed interface DriveState {
    /** Nothing is connected. */
    record None() implements DriveState {}

    /**
     * A hard disk.
     *
     * @param state all that it remembers
     */
    record Disk(AtaDisk.State state) implements DriveState {
        public Disk {
            present(state);
        }
    }

    /**
     * A drive that takes packet commands.
     *
     * @param state all that it remembers
     */
    record Packet(PacketDrive.State state) implements DriveState {
        public Packet {
            present(state);
        }
    }

    private static void present(Record state) {
        if (state == null) {
            throw new IllegalArgumentException("the state of an IDE drive is missing");
        }
    }
}
