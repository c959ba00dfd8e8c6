/** Work on whole virtual hard disk files: create, convert, check. Each can report progress and be cancelled. */
@Export
@Version("1.0.0")
package org.jeroboam.storage.vhd.operation;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
