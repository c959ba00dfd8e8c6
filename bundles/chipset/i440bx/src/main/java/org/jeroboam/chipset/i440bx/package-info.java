/** What the parts of the 440BX chip set share; each part lives in a package of its own and knows no other. */
package org.jeroboam.chipset.i440bx;
