; A guest that tests the board it runs on, from a floppy or a hard disk, with nothing but a BIOS below it. It reports to
; port E9h, a line per test: "NAME: ok ..." or "NAME: FAIL ...", after that what was measured. At the end it writes
; the number of failures to port F4h; where no such port is, it switches the machine off through ACPI.
;
; Two fields in the boot sector may be changed in a copy of the image:
;   1B0h  word  the tests to run, a bit each in the order of "tests" below (FFFFh: all)
;   1B2h  byte  1: stop at the end instead of leaving, so that the last picture can be looked at
;
; Everything lies in the first 64 KiB, so that real mode (segments 0) and protected mode (flat) use the same addresses.

LOAD_SECTORS equ 48             ; after the boot sector

STACK16      equ 0x7C00         ; real mode's stack, downwards
SCRATCH      equ 0x0600         ; bytes for the A20 tests
V86_STACK    equ 0x5000         ; segment of virtual-8086 mode's stack
PAGE_DIR     equ 0x60000
PAGE_TABLE   equ 0x61000
RING0_STACK  equ 0x78000         ; where interrupts of virtual-8086 mode land, downwards
STACK32      equ 0x80000        ; protected mode's stack, downwards
MARK         equ 0x300000       ; "is RAM kept over a reset?"; an odd megabyte, so that A20 matters
REFERENCE    equ 0x200000       ; a picture drawn plainly, a byte per pixel

; What must outlive a reset that goes through the whole BIOS is in the RTC's spare memory.
CMOS_MAGIC    equ 0x78
CMOS_STAGE    equ 0x79
CMOS_FAILURES equ 0x7A
MAGIC         equ 0xB7
CMOS_SHUTDOWN equ 0x0F

        org 0x7C00
        bits 16
boot:   jmp 0:.start            ; some BIOSes come with 07C0:0000
.start: cli
        xor ax, ax
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov sp, STACK16
        sti
        cld
        mov [boot_drive], dl

        ; The drive's geometry, then a sector at a time: nothing can cross a track or a DMA boundary.
        mov ah, 8
        int 0x13
        jc .error
        and cx, 63
        mov [sectors_per_track], cx
        movzx ax, dh
        inc ax
        mov [heads], ax
        xor ax, ax
        mov es, ax
.next:  mov si, 3               ; a floppy's motor may need a second try
.again: mov ax, [sector]
        xor dx, dx
        div word [sectors_per_track]
        mov cl, dl
        inc cl
        xor dx, dx
        div word [heads]
        mov ch, al
        mov dh, dl
        mov dl, [boot_drive]
        mov bx, [address]
        mov ax, 0x0201
        int 0x13
        jnc .good
        xor ax, ax
        mov dl, [boot_drive]
        int 0x13
        dec si
        jnz .again
.error: mov si, read_error
.out:   lodsb
        test al, al
        jz .stop
        out 0xE9, al
        mov ah, 0x0E
        mov bx, 7
        int 0x10
        jmp .out
.stop:  hlt
        jmp .stop
.good:  add word [address], 512
        inc word [sector]
        cmp word [sector], 1 + LOAD_SECTORS
        jb .next
        jmp loaded

sector:            dw 1
address:           dw 0x7E00
sectors_per_track: dw 0
heads:             dw 0
boot_drive:        db 0
read_error:        db 'load: FAIL the disk cannot be read', 13, 10, 0

        times 0x1B0 - ($ - $$) db 0
selected:          dw 0xFFFF
hold:              db 0
        times 510 - ($ - $$) db 0
        dw 0xAA55

; ---------------------------------------------------------------------------------------------------------------------

; Entered from the boot sector: at first, or again after a reset that went through the BIOS.
loaded: mov byte [came_back], 'p'
        mov bl, CMOS_MAGIC
        call read_cmos16
        cmp al, MAGIC
        jne .first
        mov bl, CMOS_STAGE
        call read_cmos16
        test al, al
        jnz continue16
.first: mov byte [came_back], 0
        mov bx, CMOS_STAGE
        call write_cmos16
        mov bx, CMOS_FAILURES
        call write_cmos16
        mov bx, CMOS_MAGIC | MAGIC << 8
        call write_cmos16
        jmp continue16

; Entered by the BIOS through 40:67 after a reset with shutdown code 0Ah.
resumed:
        cli
        xor ax, ax
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov sp, STACK16
        mov byte [came_back], 'r'

continue16:
        mov bx, CMOS_SHUTDOWN
        call write_cmos16
        cli
        in al, 0x21
        mov [bios_masks], al
        in al, 0xA1
        mov [bios_masks + 1], al
        mov eax, main
        jmp enter32

; BL: which byte. AL: its value.
read_cmos16:
        mov al, bl
        out 0x70, al
        in al, 0x71
        ret

; BL: which byte. BH: its value.
write_cmos16:
        mov al, bl
        out 0x70, al
        mov al, bh
        out 0x71, al
        ret

%include "report.inc"
%include "modes.inc"
%include "a20.inc"
%include "timers.inc"
%include "fpu.inc"
%include "v86.inc"
%include "picture.inc"
%include "planar.inc"
%include "modex.inc"
%include "reset.inc"

; ---------------------------------------------------------------------------------------------------------------------

        bits 32
main:   call fill_idt
        call fill_crc_table
        mov bl, CMOS_STAGE
        call read_cmos
        test al, al
        jnz continue_resets     ; back from a reset
        print 'board: begins', 10
        call find_pm_timer
        xor esi, esi
.next:  bt [selected], esi
        jnc .skip
        push esi
        call [tests + esi * 4]
        pop esi
.skip:  inc esi
        cmp esi, TESTS
        jb .next
        ; falls out only when the resets are not among the selected

finish: mov bx, CMOS_MAGIC
        call write_cmos
        mov bl, CMOS_FAILURES
        call read_cmos
        movzx eax, al
        push eax
        print 'board: ends, failures '
        call put_decimal
        print 10
        pop eax
        cmp byte [hold], 0
        jne .stop
        out 0xF4, al
        ; Still here: PM1 control, type 0 (soft off), enable.
        mov edx, [pm_base]
        add edx, 4
        mov ax, 0x2000
        out dx, ax
.stop:  sti                     ; all lines are masked
        hlt
        jmp .stop

        align 4
tests:  dd test_a20, test_pit, test_rtc, test_fpu, test_v86, test_planar, test_modex, test_resets
TESTS   equ ($ - tests) / 4

came_back:  db 0                ; how: 'p'osted, 'r'esumed
bios_masks: db 0, 0

        times (1 + LOAD_SECTORS) * 512 - ($ - $$) db 0 ; an error here: raise LOAD_SECTORS
end_of_code:
        times 1474560 - ($ - $$) db 0

; What is only used after loading, behind the code: tables that are built at run time.
        absolute 0x10000
tss:           resb 104
io_bitmap:     resb 8192 + 8
idt:           resb 128 * 8
crc_table:     resd 256
