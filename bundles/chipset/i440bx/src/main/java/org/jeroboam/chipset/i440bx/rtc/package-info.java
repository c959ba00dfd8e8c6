/** The MC146818 clock and CMOS memory. */
package org.jeroboam.chipset.i440bx.rtc;
