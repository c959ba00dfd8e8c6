/**
 * The vocabulary of the x86 cores: the instruction table ({@link org.jeroboam.cpu.x86.Op}) and the decoded
 * {@link org.jeroboam.cpu.x86.Instruction}. A plain library without services, shared by every core.
 */
@Export
@Version("1.0.0")
package org.jeroboam.cpu.x86;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
