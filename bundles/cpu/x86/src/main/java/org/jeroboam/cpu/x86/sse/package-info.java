/**
 * The arithmetic of SSE and SSE2 in plain Java.
 *
 * <p>{@link org.jeroboam.cpu.x86.sse.SseEnvironment} is MXCSR as operations see it;
 * {@link org.jeroboam.cpu.x86.sse.SseSingle}, {@link org.jeroboam.cpu.x86.sse.SseDouble} and
 * {@link org.jeroboam.cpu.x86.sse.SseConversion} are the operations on one element,
 * {@link org.jeroboam.cpu.x86.sse.SseInteger} those on whole registers that have no MMX counterpart. Nothing here
 * allocates memory after construction, touches guest memory or knows a decoder. Source: Intel 64 and IA-32
 * Architectures Software Developer's Manual, volume 1 chapters 4, 10 and 11, appendices D and E; volume 2.
 */
@Export
@Version("1.0.0")
package org.jeroboam.cpu.x86.sse;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
