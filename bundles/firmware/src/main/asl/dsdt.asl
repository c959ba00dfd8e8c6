/*
 * The board's description for ACPI: a PIC machine (no MADT), PIIX4 with its interrupt links, soft-off.
 *
 * The compiled form lies in ../resources; after a change run:  iasl -p dsdt dsdt.asl  (package acpica-tools)
 */
DefinitionBlock ("dsdt.aml", "DSDT", 1, "JEROBO", "I440BX  ", 0x00000001)
{
    // SUS_TYP of the PIIX4's PMCNTRL: 0 is soft-off.
    Name (\_S5, Package (4) { 0, 0, 0, 0 })

    Scope (\_SB)
    {
        Device (PCI0)
        {
            Name (_HID, EisaId ("PNP0A03"))
            Name (_UID, 0)
            Name (_CRS, ResourceTemplate ()
            {
                WordBusNumber (ResourceProducer, MinFixed, MaxFixed, PosDecode, 0, 0, 0xFF, 0, 0x100)
                IO (Decode16, 0x0CF8, 0x0CF8, 1, 8)
                WordIO (ResourceProducer, MinFixed, MaxFixed, PosDecode, EntireRange, 0, 0x0000, 0x0CF7, 0, 0x0CF8)
                WordIO (ResourceProducer, MinFixed, MaxFixed, PosDecode, EntireRange, 0, 0x0D00, 0xFFFF, 0, 0xF300)
                DWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed, Cacheable, ReadWrite,
                    0, 0x000A0000, 0x000BFFFF, 0, 0x00020000)
                DWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed, NonCacheable, ReadWrite,
                    0, 0xE0000000, 0xFEBFFFFF, 0, 0x1EC00000)
            })

            // Pin p (0 = INTA#) of device d is wired to PIRQ (p + d - 1) mod 4; slots 7 to 15 can be populated.
            Name (_PRT, Package ()
            {
                Package (4) { 0x0007FFFF, 0, LNKC, 0 },
                Package (4) { 0x0007FFFF, 1, LNKD, 0 },
                Package (4) { 0x0007FFFF, 2, LNKA, 0 },
                Package (4) { 0x0007FFFF, 3, LNKB, 0 },
                Package (4) { 0x0008FFFF, 0, LNKD, 0 },
                Package (4) { 0x0008FFFF, 1, LNKA, 0 },
                Package (4) { 0x0008FFFF, 2, LNKB, 0 },
                Package (4) { 0x0008FFFF, 3, LNKC, 0 },
                Package (4) { 0x0009FFFF, 0, LNKA, 0 },
                Package (4) { 0x0009FFFF, 1, LNKB, 0 },
                Package (4) { 0x0009FFFF, 2, LNKC, 0 },
                Package (4) { 0x0009FFFF, 3, LNKD, 0 },
                Package (4) { 0x000AFFFF, 0, LNKB, 0 },
                Package (4) { 0x000AFFFF, 1, LNKC, 0 },
                Package (4) { 0x000AFFFF, 2, LNKD, 0 },
                Package (4) { 0x000AFFFF, 3, LNKA, 0 },
                Package (4) { 0x000BFFFF, 0, LNKC, 0 },
                Package (4) { 0x000BFFFF, 1, LNKD, 0 },
                Package (4) { 0x000BFFFF, 2, LNKA, 0 },
                Package (4) { 0x000BFFFF, 3, LNKB, 0 },
                Package (4) { 0x000CFFFF, 0, LNKD, 0 },
                Package (4) { 0x000CFFFF, 1, LNKA, 0 },
                Package (4) { 0x000CFFFF, 2, LNKB, 0 },
                Package (4) { 0x000CFFFF, 3, LNKC, 0 },
                Package (4) { 0x000DFFFF, 0, LNKA, 0 },
                Package (4) { 0x000DFFFF, 1, LNKB, 0 },
                Package (4) { 0x000DFFFF, 2, LNKC, 0 },
                Package (4) { 0x000DFFFF, 3, LNKD, 0 },
                Package (4) { 0x000EFFFF, 0, LNKB, 0 },
                Package (4) { 0x000EFFFF, 1, LNKC, 0 },
                Package (4) { 0x000EFFFF, 2, LNKD, 0 },
                Package (4) { 0x000EFFFF, 3, LNKA, 0 },
                Package (4) { 0x000FFFFF, 0, LNKC, 0 },
                Package (4) { 0x000FFFFF, 1, LNKD, 0 },
                Package (4) { 0x000FFFFF, 2, LNKA, 0 },
                Package (4) { 0x000FFFFF, 3, LNKB, 0 }
            })

            Device (ISA)
            {
                Name (_ADR, 0x00070000)
                OperationRegion (PIRQ, PCI_Config, 0x60, 4)
                Field (PIRQ, ByteAcc, NoLock, Preserve)
                {
                    PRQA, 8,
                    PRQB, 8,
                    PRQC, 8,
                    PRQD, 8
                }

                Device (PIC)
                {
                    Name (_HID, EisaId ("PNP0000"))
                    Name (_CRS, ResourceTemplate ()
                    {
                        IO (Decode16, 0x0020, 0x0020, 1, 2)
                        IO (Decode16, 0x00A0, 0x00A0, 1, 2)
                        IO (Decode16, 0x04D0, 0x04D0, 1, 2)
                        IRQNoFlags () { 2 }
                    })
                }
                Device (TMR)
                {
                    Name (_HID, EisaId ("PNP0100"))
                    Name (_CRS, ResourceTemplate ()
                    {
                        IO (Decode16, 0x0040, 0x0040, 1, 4)
                        IRQNoFlags () { 0 }
                    })
                }
                Device (DMAC)
                {
                    Name (_HID, EisaId ("PNP0200"))
                    Name (_CRS, ResourceTemplate ()
                    {
                        IO (Decode16, 0x0000, 0x0000, 1, 0x10)
                        IO (Decode16, 0x0081, 0x0081, 1, 0x0F)
                        IO (Decode16, 0x00C0, 0x00C0, 1, 0x20)
                        DMA (Compatibility, NotBusMaster, Transfer8) { 4 }
                    })
                }
                Device (RTC)
                {
                    Name (_HID, EisaId ("PNP0B00"))
                    Name (_CRS, ResourceTemplate ()
                    {
                        IO (Decode16, 0x0070, 0x0070, 1, 8)
                        IRQNoFlags () { 8 }
                    })
                }
                Device (SPKR)
                {
                    Name (_HID, EisaId ("PNP0800"))
                    Name (_CRS, ResourceTemplate ()
                    {
                        IO (Decode16, 0x0061, 0x0061, 1, 1)
                    })
                }
                Device (FPU)
                {
                    Name (_HID, EisaId ("PNP0C04"))
                    Name (_CRS, ResourceTemplate ()
                    {
                        IO (Decode16, 0x00F0, 0x00F0, 1, 0x10)
                        IRQNoFlags () { 13 }
                    })
                }
                Device (KBD)
                {
                    Name (_HID, EisaId ("PNP0303"))
                    Name (_CRS, ResourceTemplate ()
                    {
                        IO (Decode16, 0x0060, 0x0060, 1, 1)
                        IO (Decode16, 0x0064, 0x0064, 1, 1)
                        IRQNoFlags () { 1 }
                    })
                }
                Device (MOU)
                {
                    Name (_HID, EisaId ("PNP0F13"))
                    Name (_CRS, ResourceTemplate ()
                    {
                        IRQNoFlags () { 12 }
                    })
                }
                Device (COM1)
                {
                    Name (_HID, EisaId ("PNP0501"))
                    Name (_UID, 1)
                    Name (_CRS, ResourceTemplate ()
                    {
                        IO (Decode16, 0x03F8, 0x03F8, 1, 8)
                        IRQNoFlags () { 4 }
                    })
                }
                Device (COM2)
                {
                    Name (_HID, EisaId ("PNP0501"))
                    Name (_UID, 2)
                    Name (_CRS, ResourceTemplate ()
                    {
                        IO (Decode16, 0x02F8, 0x02F8, 1, 8)
                        IRQNoFlags () { 3 }
                    })
                }
                Device (FDC)
                {
                    Name (_HID, EisaId ("PNP0700"))
                    Name (_CRS, ResourceTemplate ()
                    {
                        IO (Decode16, 0x03F0, 0x03F0, 1, 6)
                        IO (Decode16, 0x03F7, 0x03F7, 1, 1)
                        IRQNoFlags () { 6 }
                        DMA (Compatibility, NotBusMaster, Transfer8) { 2 }
                    })
                }
            }

            Device (IDE)
            {
                Name (_ADR, 0x00070001)
            }

            Device (PM)
            {
                Name (_ADR, 0x00070003)
            }
        }

        // The PM block and the SMBus host; their bases are programmed by the firmware: direct boot and SeaBIOS, which
        // takes these when tables come from outside.
        Device (MBRD)
        {
            Name (_HID, EisaId ("PNP0C02"))
            Name (_UID, 1)
            Name (_CRS, ResourceTemplate ()
            {
                IO (Decode16, 0x0600, 0x0600, 1, 0x40)
                IO (Decode16, 0x0700, 0x0700, 1, 0x10)
                IO (Decode16, 0x0092, 0x0092, 1, 1)
                IO (Decode16, 0x00B2, 0x00B2, 1, 2)
            })
        }

        // One link per PIRQRC register: bit 7 switches it off, bits 3:0 are the interrupt.
        Device (LNKA)
        {
            Name (_HID, EisaId ("PNP0C0F"))
            Name (_UID, 1)
            Name (_PRS, ResourceTemplate () { IRQ (Level, ActiveLow, Shared) { 5, 10, 11 } })
            Method (_STA, 0) { If (\_SB.PCI0.ISA.PRQA & 0x80) { Return (0x09) } Return (0x0B) }
            Method (_DIS, 0) { \_SB.PCI0.ISA.PRQA |= 0x80 }
            Method (_CRS, 0, Serialized)
            {
                Name (BUF, ResourceTemplate () { IRQ (Level, ActiveLow, Shared) { 5 } })
                CreateWordField (BUF, 1, IRQM)
                Local0 = \_SB.PCI0.ISA.PRQA
                If (Local0 & 0x80) { IRQM = 0 } Else { IRQM = 1 << Local0 }
                Return (BUF)
            }
            Method (_SRS, 1)
            {
                CreateWordField (Arg0, 1, IRQM)
                FindSetRightBit (IRQM, Local0)
                \_SB.PCI0.ISA.PRQA = Local0 - 1
            }
        }
        Device (LNKB)
        {
            Name (_HID, EisaId ("PNP0C0F"))
            Name (_UID, 2)
            Name (_PRS, ResourceTemplate () { IRQ (Level, ActiveLow, Shared) { 5, 10, 11 } })
            Method (_STA, 0) { If (\_SB.PCI0.ISA.PRQB & 0x80) { Return (0x09) } Return (0x0B) }
            Method (_DIS, 0) { \_SB.PCI0.ISA.PRQB |= 0x80 }
            Method (_CRS, 0, Serialized)
            {
                Name (BUF, ResourceTemplate () { IRQ (Level, ActiveLow, Shared) { 5 } })
                CreateWordField (BUF, 1, IRQM)
                Local0 = \_SB.PCI0.ISA.PRQB
                If (Local0 & 0x80) { IRQM = 0 } Else { IRQM = 1 << Local0 }
                Return (BUF)
            }
            Method (_SRS, 1)
            {
                CreateWordField (Arg0, 1, IRQM)
                FindSetRightBit (IRQM, Local0)
                \_SB.PCI0.ISA.PRQB = Local0 - 1
            }
        }
        Device (LNKC)
        {
            Name (_HID, EisaId ("PNP0C0F"))
            Name (_UID, 3)
            Name (_PRS, ResourceTemplate () { IRQ (Level, ActiveLow, Shared) { 5, 10, 11 } })
            Method (_STA, 0) { If (\_SB.PCI0.ISA.PRQC & 0x80) { Return (0x09) } Return (0x0B) }
            Method (_DIS, 0) { \_SB.PCI0.ISA.PRQC |= 0x80 }
            Method (_CRS, 0, Serialized)
            {
                Name (BUF, ResourceTemplate () { IRQ (Level, ActiveLow, Shared) { 5 } })
                CreateWordField (BUF, 1, IRQM)
                Local0 = \_SB.PCI0.ISA.PRQC
                If (Local0 & 0x80) { IRQM = 0 } Else { IRQM = 1 << Local0 }
                Return (BUF)
            }
            Method (_SRS, 1)
            {
                CreateWordField (Arg0, 1, IRQM)
                FindSetRightBit (IRQM, Local0)
                \_SB.PCI0.ISA.PRQC = Local0 - 1
            }
        }
        Device (LNKD)
        {
            Name (_HID, EisaId ("PNP0C0F"))
            Name (_UID, 4)
            Name (_PRS, ResourceTemplate () { IRQ (Level, ActiveLow, Shared) { 5, 10, 11 } })
            Method (_STA, 0) { If (\_SB.PCI0.ISA.PRQD & 0x80) { Return (0x09) } Return (0x0B) }
            Method (_DIS, 0) { \_SB.PCI0.ISA.PRQD |= 0x80 }
            Method (_CRS, 0, Serialized)
            {
                Name (BUF, ResourceTemplate () { IRQ (Level, ActiveLow, Shared) { 5 } })
                CreateWordField (BUF, 1, IRQM)
                Local0 = \_SB.PCI0.ISA.PRQD
                If (Local0 & 0x80) { IRQM = 0 } Else { IRQM = 1 << Local0 }
                Return (BUF)
            }
            Method (_SRS, 1)
            {
                CreateWordField (Arg0, 1, IRQM)
                FindSetRightBit (IRQM, Local0)
                \_SB.PCI0.ISA.PRQD = Local0 - 1
            }
        }
    }
}
