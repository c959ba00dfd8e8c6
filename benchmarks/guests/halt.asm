; A guest that says "!" on port E9h with its first instructions and halts for ever, all interrupt lines masked.
; Assembled with -DTOUCH=n it first writes to each page of n MiB, from 2 MiB on, and says "." then. A multiboot image
; without paging.
bits 32
org 100000h

MAGIC           equ 1BADB002h
FLAGS           equ 1 << 16
DEBUG_PORT      equ 0E9h
%ifndef TOUCH
%define TOUCH 0
%endif

header: dd MAGIC, FLAGS, -(MAGIC + FLAGS)
        dd header, header, image_end, image_end, start
start:
        mov al, '!'
        out DEBUG_PORT, al
        mov edi, 200000h
        mov ecx, TOUCH * 256
        jecxz .halt
.page:
        mov [edi], edi
        add edi, 4096
        loop .page
        mov al, '.'
        out DEBUG_PORT, al
.halt:
        mov al, 0FFh
        out 21h, al
        out 0A1h, al
        sti                             ; with interrupts off an emulator may end the run instead
        hlt
        jmp .halt
image_end:
