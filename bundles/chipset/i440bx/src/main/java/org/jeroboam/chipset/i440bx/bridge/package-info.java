/** The 82443BX host bridge. */
package org.jeroboam.chipset.i440bx.bridge;
