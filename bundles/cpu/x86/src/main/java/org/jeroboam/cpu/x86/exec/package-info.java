/**
 * The semantics of the instructions, shared by all cores: one processor's live state, its memory management, and the
 * exact interpreter of linked instruction objects. A faster core is the same {@link
 * org.jeroboam.cpu.x86.exec.ProcessorCore} with an accelerator; whatever that leaves
 * over is executed here.
 */
@Export
@Version("1.0.0")
package org.jeroboam.cpu.x86.exec;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
