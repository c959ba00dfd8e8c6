; Option ROM that makes SeaBIOS's tables those of this board. SeaBIOS calls it near the end of its self-test, while
; F0000h to FFFFFh is still writable DRAM. It
;   - rewrites the PCI interrupt routing table ($PIR) for a PIIX4 in slot 7 and the PCI slots 8 to 13,
;   - wipes the pointer to the multiprocessor table (_MP_): this board has no APIC,
; and then makes itself vanish: its length becomes 0.
;
; The assembled form lies in ../resources; after a change run:  nasm -f bin -o fixups.rom fixups.asm
; The ROM's last byte, its checksum, is set when the ROM is handed out.

        bits    16
        cpu     386
        org     0

ROM_SIZE        equ     512
F_SEGMENT       equ     0F000h

PIR_SIZE        equ     6               ; word: bytes in the table
PIR_ROUTER      equ     9               ; byte: device and function of the interrupt router
PIR_EXCLUSIVE   equ     10              ; word: interrupts for PCI only
PIR_COMPATIBLE  equ     12              ; dword: ID of a router that is programmed alike
PIR_MINIPORT    equ     16              ; dword
PIR_CHECKSUM    equ     31
PIR_HEADER      equ     32
PIR_SLOT        equ     16              ; bytes for each slot
PIR_ROUTER_ID   equ     71108086h       ; PIIX4
PIIX4           equ     7 << 3
FIRST_DEVICE    equ     8
PIRQRCA         equ     60h
INTERRUPTS      equ     0C20h           ; 5, 10 and 11, as the link devices of the DSDT offer

MP_LENGTH       equ     8               ; byte: paragraphs

        db      55h, 0AAh
        db      ROM_SIZE / 512
        jmp     start
        times   1Ah - ($ - $$) db 0
        dw      pnp

        align   16
pnp:    db      '$PnP'
        db      10h, 2                  ; version, length in paragraphs
        dw      0                       ; no further header
        db      0
        db      pnp_sum
        dd      0                       ; device identifier
        dw      maker, product
        db      0, 0, 0                 ; class
        db      0                       ; indicators: no boot device
        dw      0, 0, 0                 ; no boot connection, disconnect or bootstrap vector
        dw      0, 0
%define bytes(label) ((label - $$) & 0FFh) + ((label - $$) >> 8)
pnp_sum equ     -('$' + 'P' + 'n' + 'P' + 10h + 2 + bytes(maker) + bytes(product)) & 0FFh

maker:  db      'Jeroboam', 0
product:
        db      'Board tables', 0

start:  pushad
        push    ds
        push    es
        cld
        mov     ax, F_SEGMENT
        mov     ds, ax
        mov     es, ax
        xor     si, si
.scan:  cmp     dword [si], '$PIR'
        je      .routing
        cmp     dword [si], '_MP_'
        je      .processors
.next:  add     si, 16
        jnz     .scan

        push    cs
        pop     ds
        mov     byte [2], 0
        pop     es
        pop     ds
        popad
        xor     ax, ax
        retf

.processors:
        movzx   cx, byte [si + MP_LENGTH]
        shl     cx, 4
        call    sum
        jnz     .next
        mov     di, si
        mov     cx, 16
        xor     al, al
        rep     stosb
        jmp     .next

.routing:
        mov     cx, [si + PIR_SIZE]
        call    sum
        jnz     .next
        mov     byte [si + PIR_ROUTER], PIIX4
        mov     word [si + PIR_EXCLUSIVE], 0
        mov     dword [si + PIR_COMPATIBLE], PIR_ROUTER_ID
        mov     dword [si + PIR_MINIPORT], 0
        mov     cx, [si + PIR_SIZE]
        sub     cx, PIR_HEADER
        jbe     .seal
        shr     cx, 4
        lea     di, [si + PIR_HEADER]
        mov     bh, FIRST_DEVICE
.slot:  xor     al, al
        stosb                           ; bus
        mov     al, bh
        shl     al, 3
        stosb                           ; device
        xor     bl, bl
.pin:   mov     al, bh                  ; pin p (0 = INTA#) of device d leads to PIRQ (p + d - 1) mod 4
        add     al, bl
        dec     al
        and     al, 3
        add     al, PIRQRCA
        stosb                           ; link
        mov     ax, INTERRUPTS
        stosw
        inc     bl
        cmp     bl, 4
        jb      .pin
        mov     al, bh
        sub     al, FIRST_DEVICE - 1
        stosb                           ; number of the slot
        xor     al, al
        stosb
        inc     bh
        loop    .slot
.seal:  mov     cx, [si + PIR_SIZE]
        call    sum
        sub     [si + PIR_CHECKSUM], al
        jmp     .next

; Adds CX bytes at DS:SI. AL is the sum; ZF says that it is 0 and CX was not.
sum:    push    si
        xor     ax, ax
        test    cx, cx
        jz      .none
.add:   add     al, [si]
        inc     si
        loop    .add
        pop     si
        test    al, al
        ret
.none:  pop     si
        inc     ax
        ret

        times   ROM_SIZE - ($ - $$) db 0
