; A hard disk that starts a guest without help, for emulators that load no kernel file (Bochs).
; Assemble with -f bin -DIMAGE="file" -DCOMMAND="text"; the sector reads the image behind it to 1 MiB and enters it as a
; multiboot loader does: 32-bit protected mode, flat segments, EAX = 2BADB002h, EBX = multiboot information.
; The image's entry is read from its header, which is its first words.
bits 16
org 7C00h

BOOTED_BY_LOADER equ 2BADB002h
LOAD             equ 100000h
BUFFER_SEGMENT   equ 1000h
CHUNK            equ 64                 ; sectors per read

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
.read:
        mov si, packet
        mov ah, 42h                     ; extended read
        mov dl, [drive]
        int 13h
        jc fail
        cli
        lgdt [gdt_pointer]              ; a moment of protected mode gives DS and ES 4 GiB
        mov eax, cr0
        or al, 1
        mov cr0, eax
        jmp $ + 2
        mov bx, 16
        mov ds, bx
        mov es, bx
        and al, 0FEh
        mov cr0, eax
        jmp $ + 2
        xor bx, bx
        mov ds, bx
        mov es, bx
        mov esi, BUFFER_SEGMENT * 16
        mov edi, [target]
        mov ecx, CHUNK * 512 / 4
        a32 rep movsd
        mov [target], edi
        add dword [packet.sector], CHUNK
        dec word [chunks]
        jnz .read

        mov eax, cr0
        or al, 1
        mov cr0, eax
        jmp 8:protected
fail:
        hlt
        jmp fail

bits 32
protected:
        mov ax, 16
        mov ds, ax
        mov es, ax
        mov fs, ax
        mov gs, ax
        mov ss, ax
        mov eax, BOOTED_BY_LOADER
        mov ebx, information
        jmp [LOAD + 28]                 ; entry address of the multiboot header

drive:  db 0
chunks: dw (image_end - image + CHUNK * 512 - 1) / (CHUNK * 512)
target: dd LOAD
align 4
packet: db 16, 0
        dw CHUNK
        dw 0, BUFFER_SEGMENT
.sector:
        dq 1
align 8
gdt:    dq 0
        dq 00CF9B000000FFFFh
        dq 00CF93000000FFFFh
gdt_pointer:
        dw 23
        dd gdt
align 4
information:
        dd 4, 0, 0, 0, command
command: db COMMAND, 0

        times 510 - ($ - $$) db 0
        dw 0AA55h
image:
        incbin IMAGE
image_end:
        ; a whole number of cylinders of 16 heads and 63 sectors, at least two
        times 2 * 516096 - ($ - $$) db 0
