package org.jeroboam.hardware.network;

import java.util.Map;
import org.jeroboam.hardware.device.ConfigurationException;

/** OSGi service that makes networks of one kind; service property {@value #TOPOLOGY} names it. Thread-safe. */
public interface NetworkTopology {
    /** Name of the service property with the topology's name. */
    String TOPOLOGY = "network.topology";

    /**
     * Makes a network.
     *
     * @param name its name
     * @param properties the topology's own settings
     * @return a new network
     * @throws ConfigurationException when a setting is wrong or the host refuses
     */
    VirtualNetwork create(String name, Map<String, String> properties) throws ConfigurationException;
}
