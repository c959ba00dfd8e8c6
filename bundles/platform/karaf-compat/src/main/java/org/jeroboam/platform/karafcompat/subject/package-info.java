/** What woven Karaf classes call instead of the JDK's own methods. Not for any other use. */
@Export
@Version("1.0.0")
package org.jeroboam.platform.karafcompat.subject;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
