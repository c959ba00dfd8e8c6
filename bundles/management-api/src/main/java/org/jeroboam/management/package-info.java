/** The object model of the virtual server: Virtual Server 2005 R2's COM interfaces in Java, as far as they exist here. */
@Export
@Version("1.0.0")
package org.jeroboam.management;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
