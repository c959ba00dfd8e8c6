package org.jeroboam.management.extension;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jeroboam.management.ManagementException;
import org.junit.jupiter.api.Test;

class ExtraDeviceTest {
    @Test
    void aTypeAloneNamesTheDeviceToo() throws ManagementException {
        assertEquals(new ExtraDevice("ne2000", "ne2000", Map.of()), ExtraDevice.parse("ne2000"));
    }

    @Test
    void textsComeBackAsTheyWere() throws ManagementException {
        for (String text :
                List.of("ne2000", "ne2000,name=net0", "card-2,name=a,pci.device=10,mac=02:00:00:00:00:01,x=")) {
            assertEquals(text, ExtraDevice.parse(text).toString());
        }
        ExtraDevice device = ExtraDevice.parse("card, pci.device=0x0a ,name=n");
        assertEquals(new ExtraDevice("n", "card", Map.of("pci.device", "0x0a")), device);
        assertEquals("card,name=n,pci.device=0x0a", device.toString());
    }

    @Test
    void whatIsNoDeviceIsRefusedInOneSentence() {
        for (String text : List.of("", ",a=b", "card,", "card,a", "card,=b", "card,name=", "card,a=1,a=2", "no type")) {
            ManagementException e = assertThrows(ManagementException.class, () -> ExtraDevice.parse(text));
            assertEquals(ManagementException.Kind.BAD_REQUEST, e.kind());
            assertTrue(e.getMessage().contains("--device"), e.getMessage());
        }
    }

    @Test
    void twoDevicesNeedTwoNames() throws ManagementException {
        MachineSettings.Builder settings =
                MachineSettings.builder().kernel(Path.of("/k")).device("card,a=1");
        assertThrows(ManagementException.class, () -> settings.device("card,a=2"));
        MachineSettings both = settings.device("card,name=second,a=2").build();
        assertEquals(
                List.of("card", "second"),
                both.devices().stream().map(ExtraDevice::name).toList());
        assertEquals(
                both.devices(),
                both.withMedium(RemovableDrive.CDROM, Path.of("/c")).devices());
    }
}
