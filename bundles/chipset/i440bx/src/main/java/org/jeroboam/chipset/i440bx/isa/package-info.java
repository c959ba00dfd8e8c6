/** PIIX4 function 0, the ISA bridge. */
package org.jeroboam.chipset.i440bx.isa;
