package org.jeroboam.storage.vhd.operation;

/** What a disk's file can be for the operations. */
public enum DiskKind {
    /** The disk's bytes and nothing else. */
    RAW,
    /** A fixed virtual hard disk. */
    FIXED,
    /** A dynamic virtual hard disk. */
    DYNAMIC
}
