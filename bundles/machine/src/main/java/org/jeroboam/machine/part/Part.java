package org.jeroboam.machine.part;

import java.util.List;
import org.jeroboam.hardware.device.Device;
import org.jeroboam.hardware.device.DeviceConfig;
import org.jeroboam.hardware.device.DeviceFactory;
import org.jeroboam.machine.board.DeviceScope;

/** One device of a machine: what makes it, the device itself, or its state while there is none. Machine thread only. */
public final class Part {
    private final int index;
    private final DeviceConfig config;
    private Offer<DeviceFactory> offer;
    private Device device;
    private DeviceScope scope;
    private byte[] heldState;
    private boolean stateLost;
    private String bundle = "";
    private String version = "";
    private List<String> imperfections = List.of();
    private boolean vacant;
    private long vacantSince;

    /**
     * Creates a part without a device.
     *
     * @param index its place in the configuration
     * @param config its configuration
     */
    public Part(int index, DeviceConfig config) {
        this.index = index;
        this.config = config;
    }

    /** Takes a device, attached or not. */
    public void install(Offer<DeviceFactory> newOffer, Device newDevice, DeviceScope newScope) {
        offer = newOffer;
        device = newDevice;
        scope = newScope;
        heldState = null;
        stateLost = false;
        bundle = newOffer.bundle();
        version = newOffer.version();
        imperfections = newOffer.imperfections();
    }

    /** Drops the device; nothing of its bundle is referred to any more. */
    public void drop() {
        clear();
        vacant = false;
    }

    private void clear() {
        offer = null;
        device = null;
        scope = null;
        heldState = null;
        stateLost = false;
    }

    /** Drops the device, if there is one, and keeps its state; null when it could not be saved. */
    public void hold(byte[] state) {
        clear();
        if (!vacant) {
            vacant = true;
            vacantSince = System.nanoTime();
        }
        heldState = state;
        stateLost = state == null;
    }

    /** Place in the configuration. */
    public int index() {
        return index;
    }

    /** Name on this machine. */
    public String name() {
        return config.name();
    }

    /** Configuration. */
    public DeviceConfig config() {
        return config;
    }

    /** What made the device; null while there is none. */
    public Offer<DeviceFactory> offer() {
        return offer;
    }

    /** The device; null while there is none. */
    public Device device() {
        return device;
    }

    /** The device's scope; null while it is not attached. */
    public DeviceScope scope() {
        return scope;
    }

    /** The state while there is no device. */
    public byte[] heldState() {
        return heldState;
    }

    /** Whether the predecessor could not be saved. */
    public boolean stateLost() {
        return stateLost;
    }

    /** Symbolic name of the bundle that made the device, also of the last one. */
    public String bundle() {
        return bundle;
    }

    /** That bundle's version. */
    public String version() {
        return version;
    }

    /** What the device does not model. */
    public List<String> imperfections() {
        return imperfections;
    }

    /** The device works. */
    public void occupied() {
        offer.use();
        vacant = false;
    }

    /** When the device went, by {@link System#nanoTime()}. */
    public long vacantSince() {
        return vacantSince;
    }
}
