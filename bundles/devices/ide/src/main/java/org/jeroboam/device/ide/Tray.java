package org.jeroboam.device.ide;

import org.jeroboam.hardware.storage.BlockPort;

/**
 * The medium of a CD-ROM drive as the guest learns of it: there or not, changed since it last asked, locked, tray open.
 * Blocks have 2048 bytes.
 */
final class Tray {
    static final int SECTORS_PER_BLOCK = 4;
    static final int EVENT_NONE = 0;
    static final int EVENT_NEW_MEDIUM = 2;
    static final int EVENT_REMOVED = 3;

    /** What 80 minutes hold, and some: what is longer must be a DVD. */
    private static final long MAX_CD_BLOCKS = 405_000;

    private static final long MAX_BLOCKS = 0xFFFF_FFFFL;

    private final BlockPort medium;
    private int changes;
    private boolean attention;
    private int event;
    private boolean locked;
    private boolean open;

    /**
     * All that a tray remembers.
     *
     * @param changes {@link BlockPort#changes()} when the guest's view was last brought up to date
     * @param attention the guest has still to be told of a new medium by a unit attention
     * @param event what GET EVENT STATUS NOTIFICATION has still to tell
     * @param locked the guest prevents removal
     * @param open the guest opened the tray
     */
    record State(int changes, boolean attention, int event, boolean locked, boolean open) {
        State {
            if (event != EVENT_NONE && event != EVENT_NEW_MEDIUM && event != EVENT_REMOVED) {
                throw new IllegalArgumentException("there is no media event " + event);
            }
        }
    }

    Tray(BlockPort medium) {
        this.medium = medium;
    }

    State save() {
        return new State(changes, attention, event, locked, open);
    }

    void restore(State state) {
        changes = state.changes();
        attention = state.attention();
        event = state.event();
        locked = state.locked();
        open = state.open();
    }

    /** A medium that is in at power on is no news. */
    void powerOn() {
        changes = medium.changes();
        attention = false;
        event = EVENT_NONE;
        locked = false;
        open = false;
    }

    /** Sees what people did. */
    void look() {
        if (medium.changes() == changes) {
            return;
        }
        changes = medium.changes();
        attention = loaded();
        event = attention ? EVENT_NEW_MEDIUM : EVENT_REMOVED;
        open &= !attention;
    }

    /** Whether the medium is another than at the last {@link #look}. */
    boolean changed() {
        return medium.changes() != changes;
    }

    boolean loaded() {
        return medium.present() && blocks() > 0;
    }

    long blocks() {
        return Math.min(medium.sectors() / SECTORS_PER_BLOCK, MAX_BLOCKS);
    }

    boolean dvd() {
        return blocks() > MAX_CD_BLOCKS;
    }

    boolean takeAttention() {
        boolean due = attention;
        attention = false;
        return due;
    }

    int takeEvent() {
        int due = event;
        event = EVENT_NONE;
        return due;
    }

    boolean locked() {
        return locked;
    }

    void lock(boolean on) {
        locked = on;
    }

    boolean open() {
        return open;
    }

    void eject() {
        medium.eject();
        look();
        open = !medium.present();
    }

    void close() {
        open = false;
    }
}
