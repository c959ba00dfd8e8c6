/** A PCI network adapter that stock drivers know, as an example of a vendor's device. */
package org.jeroboam.sample.ne2000;
