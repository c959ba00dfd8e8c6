/** The one x86 decoder and the disassembler, both driven by the same opcode rows. */
@Export
@Version("1.0.0")
package org.jeroboam.cpu.x86.decode;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
