/** The two 8237As and their page registers. */
package org.jeroboam.chipset.i440bx.dma;
