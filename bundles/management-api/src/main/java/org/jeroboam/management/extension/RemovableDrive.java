package org.jeroboam.management.extension;

/** A drive whose medium can be changed while the machine runs. Every machine has both; four hard disks leave no CD drive. */
public enum RemovableDrive {
    /** The CD and DVD drive. */
    CDROM,
    /** The first floppy drive, 1.44 MB. */
    FLOPPY
}
