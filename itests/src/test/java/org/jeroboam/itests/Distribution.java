package org.jeroboam.itests;

import static org.ops4j.pax.exam.CoreOptions.options;
import static org.ops4j.pax.exam.CoreOptions.vmOption;
import static org.ops4j.pax.exam.karaf.options.KarafDistributionOption.configureConsole;
import static org.ops4j.pax.exam.karaf.options.KarafDistributionOption.karafDistributionConfiguration;
import static org.ops4j.pax.exam.karaf.options.KarafDistributionOption.keepRuntimeFolder;
import static org.ops4j.pax.exam.karaf.options.KarafDistributionOption.logLevel;

import java.io.File;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.karaf.options.LogLevelOption.LogLevel;

/** The product's distribution under Pax Exam, which builds its own Java command line and does not read bin/setenv. */
final class Distribution {

    private Distribution() {}

    /** The distribution as it is built, without the console of the terminal. */
    static Option[] asBuilt() {
        return options(
                karafDistributionConfiguration()
                        .frameworkUrl(new File(System.getProperty("jeroboam.distribution"))
                                .toURI()
                                .toString())
                        .name("Jeroboam")
                        .karafVersion(System.getProperty("karaf.version"))
                        .unpackDirectory(new File(System.getProperty("jeroboam.itests.work")))
                        .useDeployFolder(false),
                keepRuntimeFolder(),
                configureConsole().ignoreLocalConsole(),
                logLevel(LogLevel.INFO),
                vmOption("--enable-native-access=ALL-UNNAMED"),
                vmOption("--sun-misc-unsafe-memory-access=allow"),
                vmOption("--add-opens=java.base/java.lang=ALL-UNNAMED"),
                vmOption("--add-opens=java.base/java.net=ALL-UNNAMED"),
                vmOption("--add-opens=java.base/java.util=ALL-UNNAMED"),
                vmOption("--add-opens=java.rmi/sun.rmi.transport.tcp=ALL-UNNAMED"),
                vmOption("--add-exports=java.rmi/sun.rmi.registry=ALL-UNNAMED"));
    }
}
