/** Raw disk images in several files, as an example of a vendor's disk format. */
package org.jeroboam.sample.splitraw;
