; A hard disk that starts a Linux kernel (bzImage, boot protocol 2.03 or later) with an initial RAM disk, for emulators
; that load no kernel file (Bochs). Assemble with -f bin and
;     -DKERNEL="file" -DINITRD="file" -DSETUP_SECTORS=n (byte 1F1h of the kernel) -DINITRD_SIZE=bytes -DCOMMAND="text"
; Writes K to port E9h just before the kernel's first instruction.
bits 16
org 7C00h

BUFFER_SEGMENT  equ 1000h
CHUNK           equ 64                  ; sectors per read
SETUP_SEGMENT   equ 9000h
COMMAND_OFFSET  equ 0E000h              ; in that segment
KERNEL_ADDRESS  equ 100000h
INITRD_ADDRESS  equ 0C000000h
DEBUG_PORT      equ 0E9h

start:
        cli
        xor ax, ax
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov sp, 7C00h
        cld
        mov [drive], dl
        in al, 92h                      ; fast gate A20
        or al, 2
        and al, 0FEh
        out 92h, al
        lgdt [gdt_pointer]
        mov bp, parts
.part:
        mov eax, [bp]
        mov [packet.sector], eax
        mov edi, [bp + 4]
.read:
        mov si, packet
        mov ah, 42h                     ; extended read
        mov dl, [drive]
        push edi
        int 13h
        pop edi
        jc fail
        cli
        call big_segments
        mov esi, BUFFER_SEGMENT * 16
        mov ecx, CHUNK * 512 / 4
        a32 rep movsd
        add dword [packet.sector], CHUNK
        dec dword [bp + 8]
        jnz .read
        add bp, 12
        cmp bp, parts_end
        jne .part

        mov si, command
        mov ax, SETUP_SEGMENT
        mov es, ax
        mov di, COMMAND_OFFSET
        mov cx, command_end - command
        rep movsb
        mov ds, ax
        mov byte [210h], 0FFh           ; type_of_loader: no known one
        or byte [211h], 80h             ; loadflags: heap_end_ptr is valid
        mov word [224h], COMMAND_OFFSET - 200h
        mov dword [218h], INITRD_ADDRESS
        mov dword [21Ch], INITRD_SIZE
        mov dword [228h], SETUP_SEGMENT * 16 + COMMAND_OFFSET
        mov es, ax
        mov fs, ax
        mov gs, ax
        mov ss, ax
        mov sp, COMMAND_OFFSET
        mov al, 'K'
        out DEBUG_PORT, al
        jmp SETUP_SEGMENT + 20h:0
fail:
        hlt
        jmp fail

; A moment of protected mode gives DS and ES 4 GiB; their base stays 0.
big_segments:
        mov eax, cr0
        or al, 1
        mov cr0, eax
        jmp $ + 2
        mov bx, 8
        mov ds, bx
        mov es, bx
        and al, 0FEh
        mov cr0, eax
        jmp $ + 2
        xor bx, bx
        mov ds, bx
        mov es, bx
        ret

drive:  db 0
align 4
parts:                                  ; first sector, address, chunks
        dd 1, SETUP_SEGMENT * 16, 1
        dd 1 + SETUP_SECTORS + 1, KERNEL_ADDRESS, (initrd - kernel + CHUNK * 512 - 1) / (CHUNK * 512)
        dd 1 + (initrd - kernel) / 512, INITRD_ADDRESS, (INITRD_SIZE + CHUNK * 512 - 1) / (CHUNK * 512)
parts_end:
packet: db 16, 0
        dw CHUNK
        dw 0, BUFFER_SEGMENT
.sector:
        dq 0
gdt_pointer:
        dw 15
        dd gdt
align 8
gdt:    dq 0
        dq 00CF93000000FFFFh
command: db COMMAND, 0
command_end:

        times 446 - ($ - $$) db 0
        times 64 db 0                   ; no partitions
        dw 0AA55h
kernel: incbin KERNEL
        align 512, db 0
initrd: incbin INITRD
        times CHUNK * 512 db 0          ; the last read may go beyond
