package org.jeroboam.chipset.i440bx.dma;

import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.Random;
import org.jeroboam.hardware.board.DmaController;
import org.jeroboam.hardware.device.DeviceConfig;
import org.jeroboam.hardware.device.DeviceFactory;
import org.jeroboam.hardware.testkit.DeviceContract;
import org.jeroboam.hardware.testkit.FakeMachine;

class I8237ContractTest extends DeviceContract {
    @Override
    protected DeviceFactory factory() {
        return new I8237Factory();
    }

    @Override
    protected DeviceConfig config() {
        return new DeviceConfig("dma", "i8237", Map.of());
    }

    @Override
    protected void exercise(FakeMachine machine, Random random) {
        int port = random.nextBoolean() ? random.nextInt(16) : 0xC0 + random.nextInt(32);
        DmaController dma = machine.role(DmaController.class);
        MemorySegment buffer = MemorySegment.ofArray(new byte[600]);
        int channel = random.nextInt(8);
        switch (random.nextInt(6)) {
            case 0 -> machine.in(port);
            case 1 -> machine.out(port, random.nextInt(256));
            case 2 -> machine.out(0x80 + random.nextInt(16), random.nextInt(64));
            case 3 -> machine.out(random.nextBoolean() ? 0x0E : 0xDC, 0);
            case 4 -> machine.in(0x80 | dma.deviceToMemory(channel, buffer, 0, 512) & 0xF);
            default -> {
                machine.in(0x80 | dma.memoryToDevice(channel, buffer, 80, random.nextInt(520)) & 0xF);
                machine.in(dma.terminalCount(channel) ? 0x81 : 0x82);
            }
        }
    }
}
