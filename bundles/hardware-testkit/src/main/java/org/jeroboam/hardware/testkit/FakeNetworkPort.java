package org.jeroboam.hardware.testkit;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jeroboam.hardware.network.NetworkPort;

/** The cable of a network adapter: keeps sent frames, delivers those of the test. */
public final class FakeNetworkPort {
    private final Trace trace;
    private final String name;
    private final List<byte[]> sent = new ArrayList<>();
    private NetworkPort.Listener listener;
    private boolean connected = true;

    FakeNetworkPort(Trace trace, String name) {
        this.trace = trace;
        this.name = name;
    }

    /**
     * Frames that the device sent.
     *
     * @return in order
     */
    public List<byte[]> sent() {
        return List.copyOf(sent);
    }

    /**
     * Delivers a frame.
     *
     * @param frame an Ethernet frame without CRC
     * @return whether the device took it
     */
    public boolean receive(byte[] frame) {
        return listener != null && connected && listener.received(MemorySegment.ofArray(frame), frame.length);
    }

    /**
     * Plugs or pulls the cable.
     *
     * @param plugged the link's new state
     */
    public void setConnected(boolean plugged) {
        if (connected != plugged) {
            connected = plugged;
            if (listener != null) {
                listener.linkChanged(plugged);
            }
        }
    }

    void takeConditionOf(FakeNetworkPort other) {
        connected = other.connected;
    }

    NetworkPort scoped(Scope scope) {
        scope.add("network port " + name, () -> listener = null);
        return new NetworkPort() {
            @Override
            public boolean connected() {
                return !scope.late() && connected;
            }

            @Override
            public void send(MemorySegment frame, long offset, int length) {
                if (scope.late()) {
                    return;
                }
                if (length < 14 || length > 1514) {
                    throw new IllegalArgumentException("no Ethernet frame has " + length + " bytes");
                }
                byte[] bytes = frame.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE);
                if (connected) {
                    sent.add(bytes);
                    trace.add(name + " sent frame " + Arrays.hashCode(bytes));
                }
            }

            @Override
            public void setListener(Listener newListener) {
                if (!scope.late()) {
                    listener = newListener;
                }
            }
        };
    }
}
