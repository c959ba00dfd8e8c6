/**
 * The x87 floating-point unit and the MMX integer operations of a P6 processor, in plain Java.
 *
 * <p>{@link org.jeroboam.cpu.x86.fpu.Fpu} is the whole architectural state with one method per instruction;
 * {@link org.jeroboam.cpu.x86.fpu.Mmx} holds the MMX operations as functions of 64-bit values. Nothing here allocates
 * memory, touches guest memory or knows a decoder. Source: Intel 64 and IA-32 Architectures Software Developer's
 * Manual, volume 1 chapters 4, 8 and 9, volume 2.
 */
@Export
@Version("1.0.0")
package org.jeroboam.cpu.x86.fpu;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
