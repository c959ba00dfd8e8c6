; A guest that a BIOS boots from a hard disk: it says on COM1 what the BIOS left behind, resets the machine in each way
; that PCs know, one after the other, and switches the power off.
;
; The assembled form lies in ../resources; after a change run:  nasm -f bin -o biosboot.img biosboot.asm

        bits    16
        cpu     386
        org     7C00h

SECTORS         equ     8               ; after the boot sector
COM1            equ     3F8h
CONFADD         equ     0CF8h
CONFDATA        equ     0CFCh
FW_CFG          equ     510h
RESETS_DONE     equ     60h             ; byte of CMOS memory, which a reset leaves alone
PM_CONTROL      equ     604h
SOFT_OFF        equ     2000h
BUFFER          equ     2000h           ; segment for copies from above 1 MiB

; ---- boot sector ----------------------------------------------------------------------------------------------------

        xor     ax, ax
        mov     ds, ax
        mov     es, ax
        mov     ss, ax
        mov     sp, 7C00h
        sti
        cld
        mov     [drive], dl
        mov     si, packet
        mov     ah, 42h                 ; extended read
        int     13h
        jc      .bad
        jmp     main
.bad:   mov     dx, 402h
        mov     al, '!'
        out     dx, al
        jmp     $

drive:  db      0
packet: db      16, 0
        dw      SECTORS, main, 0
        dq      1

        times   510 - ($ - $$) db 0
        dw      0AA55h

; ---- the rest -------------------------------------------------------------------------------------------------------

main:   mov     dx, COM1 + 1            ; no interrupts; 115200 bit/s; 8N1
        xor     al, al
        out     dx, al
        mov     dx, COM1 + 3
        mov     al, 80h
        out     dx, al
        mov     dx, COM1
        mov     ax, 1
        out     dx, al
        inc     dx
        mov     al, ah
        out     dx, al
        mov     dx, COM1 + 3
        mov     al, 3
        out     dx, al

        mov     si, hello
        call    print
        mov     al, [drive]
        call    byte_
        call    line

        call    bridge
        call    configuration
        call    memory_map
        call    routing
        call    multiprocessor
        call    acpi
        jmp     reset

; The host bridge: identity, revision, subsystem, PAM0.
bridge: mov     si, bridge_is
        call    print
        mov     al, 0
        call    config
        mov     al, 8
        call    config
        mov     al, 2Ch
        call    config
        mov     al, 58h
        call    config
        mov     si, pirq_is
        call    print
        mov     eax, 80000000h | 7 << 11 | 60h
        call    config_at
        jmp     line

; Prints register AL of the host bridge.
config: movzx   eax, al
        or      eax, 80000000h
config_at:
        mov     dx, CONFADD
        out     dx, eax
        mov     dx, CONFDATA
        in      eax, dx
        call    dword_
        jmp     space

; fw_cfg gives nothing any more.
configuration:
        mov     si, fw_cfg_is
        call    print
        mov     dx, FW_CFG
        xor     ax, ax
        out     dx, ax
        inc     dx
        in      al, dx
        call    byte_
        jmp     line

memory_map:
        xor     ebx, ebx
.next:  mov     eax, 0E820h
        mov     edx, 534D4150h
        mov     ecx, 20
        mov     di, entry
        int     15h
        jc      .end
        push    ebx
        mov     si, e820_is
        call    print
        mov     eax, [entry + 4]
        call    dword_
        mov     eax, [entry]
        call    dword_
        call    space
        mov     eax, [entry + 12]
        call    dword_
        mov     eax, [entry + 8]
        call    dword_
        call    space
        mov     al, [entry + 16]
        call    byte_
        call    line
        pop     ebx
        test    ebx, ebx
        jnz     .next
.end:   ret

; The PCI interrupt routing table: sum, router, compatible router, and device and INTA# link of each slot.
routing:
        mov     ebx, '$PIR'
        call    find
        jc      .none
        mov     si, pir_is
        call    print
        mov     cx, [es:di + 6]
        call    sum
        mov     al, [es:di + 9]
        call    byte_
        call    space
        mov     eax, [es:di + 12]
        call    dword_
        mov     cx, [es:di + 6]
        sub     cx, 32
        shr     cx, 4
        add     di, 32
.slot:  call    space
        mov     al, [es:di + 1]
        shr     al, 3
        call    byte_
        mov     al, [es:di + 2]
        call    byte_
        mov     ax, [es:di + 3]
        call    word_
        add     di, 16
        loop    .slot
        jmp     line
.none:  mov     si, no_pir
        jmp     print

multiprocessor:
        mov     si, mp_gone
        mov     ebx, '_MP_'
        call    find
        jc      print
        mov     si, mp_there
        jmp     print

; ACPI: sums of RSDP, RSDT, FADT, DSDT; signatures; ports.
acpi:   mov     ebx, 'RSD '
        call    find
        jnc     .found
        mov     si, no_acpi
        jmp     print
.found: mov     si, rsdp_is
        call    print
        mov     cx, 20
        call    sum
        mov     eax, [es:di + 16]
        call    table
        mov     eax, [es:36]
        call    table
        push    dword [es:40]           ; DSDT
        mov     si, ports_are
        call    print
        mov     ax, [es:46]             ; SCI
        call    word_
        call    space
        mov     eax, [es:56]            ; PM1a event block
        call    dword_
        call    space
        mov     eax, [es:76]            ; timer
        call    dword_
        call    space
        mov     eax, [es:36]
        call    copy
        mov     eax, [es:0]
        call    dword_                  ; FACS
        pop     eax
        call    table
        jmp     line

; Copies the table at EAX to ES:0 and prints its signature and sum.
table:  call    copy
        call    space
        mov     cx, 4
        xor     di, di
.name:  mov     al, [es:di]
        call    put
        inc     di
        loop    .name
        call    space
        mov     cx, [es:4]
        xor     di, di
        ; falls through

; Prints the sum of CX bytes at ES:DI.
sum:    push    di
        xor     al, al
.add:   add     al, [es:di]
        inc     di
        loop    .add
        pop     di
        call    byte_
        jmp     space

; Copies 4 KiB from address EAX to BUFFER with INT 15h function 87h; ES becomes BUFFER.
copy:   mov     [source + 2], ax
        shr     eax, 16
        mov     [source + 4], al
        mov     [source + 7], ah
        push    ds
        pop     es
        mov     si, gdt
        mov     cx, 2048
        mov     ah, 87h
        int     15h
        mov     ax, BUFFER
        mov     es, ax
        ret

; Looks for EBX on paragraphs of the F segment: ES:DI, or CF.
find:   mov     ax, 0F000h
        mov     es, ax
        xor     di, di
.next:  cmp     [es:di], ebx
        je      .yes
        add     di, 16
        jnz     .next
        stc
        ret
.yes:   clc
        ret

; ---- resets ---------------------------------------------------------------------------------------------------------

reset:  mov     al, RESETS_DONE
        out     70h, al
        in      al, 71h
        mov     bl, al
        mov     si, resets_are
        call    print
        mov     al, bl
        call    byte_
        call    line
        mov     al, RESETS_DONE
        out     70h, al
        mov     al, bl
        inc     al
        out     71h, al
        cmp     bl, 0
        je      .reset_control
        cmp     bl, 1
        je      .keyboard
        cmp     bl, 2
        je      .port_92
        cmp     bl, 3
        je      .triple_fault
        cmp     bl, 4
        je      .bios
        cmp     bl, 5
        je      .jump
        mov     dx, PM_CONTROL
        mov     ax, SOFT_OFF
        out     dx, ax
        jmp     $
.reset_control:
        mov     dx, 0CF9h
        mov     al, 2
        out     dx, al
        mov     al, 6
        out     dx, al
        jmp     $
.keyboard:
        in      al, 64h
        test    al, 2
        jnz     .keyboard
        mov     al, 0FEh
        out     64h, al
        jmp     $
.port_92:
        in      al, 92h
        and     al, 0FEh
        out     92h, al
        or      al, 1
        out     92h, al
        jmp     $
.triple_fault:
        lidt    [no_idt]
        int     3
        jmp     $
.bios:  mov     word [472h], 1234h      ; warm start
        int     19h                     ; boots again
        jmp     $
.jump:  jmp     0FFFFh:0

; ---- printing -------------------------------------------------------------------------------------------------------

print:  lodsb
        test    al, al
        jz      .end
        call    put
        jmp     print
.end:   ret

line:   mov     al, 10
        jmp     put
space:  mov     al, ' '
        jmp     put

dword_: push    eax
        shr     eax, 16
        call    word_
        pop     eax
word_:  push    ax
        mov     al, ah
        call    byte_
        pop     ax
byte_:  push    ax
        shr     al, 4
        call    .digit
        pop     ax
        and     al, 15
.digit: cmp     al, 10
        jb      .low
        add     al, 7
.low:   add     al, '0'
        ; falls through

put:    push    dx
        push    ax
        mov     dx, COM1 + 5
.wait:  in      al, dx
        test    al, 20h
        jz      .wait
        pop     ax
        mov     dx, COM1
        out     dx, al
        pop     dx
        ret

hello:          db      'booted from ', 0
bridge_is:      db      'bridge ', 0
pirq_is:        db      'pirq ', 0
fw_cfg_is:      db      'fw_cfg ', 0
e820_is:        db      'e820 ', 0
pir_is:         db      'pir ', 0
no_pir:         db      'no pir', 10, 0
mp_gone:        db      'no mp', 10, 0
mp_there:       db      'mp', 10, 0
no_acpi:        db      'no acpi', 10, 0
rsdp_is:        db      'rsdp ', 0
ports_are:      db      ' ports ', 0
resets_are:     db      'resets ', 0

no_idt: dw      0
        dd      0

        align   8
gdt:    times   16 db 0
source: dw      0FFFFh, 0
        db      0, 93h, 0, 0
        dw      0FFFFh, (BUFFER << 4) & 0FFFFh
        db      BUFFER >> 12, 93h, 0, 0
        times   16 db 0

entry:  times   20 db 0

        times   (SECTORS + 1) * 512 - ($ - $$) db 0
