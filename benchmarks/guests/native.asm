; The same work as a Linux program, with the host's processor as the machine. Its only argument says how often.
; Writes the same lines as start.asm, without the ticks; exit status 0 or 1.
bits 32

extern guest_run, guest_expected, guest_name

SYS_EXIT        equ 1
SYS_WRITE       equ 4
STDOUT          equ 1

section .text
global _start
_start:
        mov esi, [esp + 8]              ; first argument
        mov ebp, 1
        test esi, esi
        jz .start
        xor ebp, ebp
.digit:
        movzx eax, byte [esi]
        inc esi
        sub eax, '0'
        cmp eax, 9
        ja .start
        imul ebp, ebp, 10
        add ebp, eax
        jmp .digit
.start:
        xor ebx, ebx
        xor edi, edi
        and esp, -16
        push ebx
        sub esp, 12                     ; calls find the stack at a multiple of 16
.repeat:
        mov ecx, dot
        mov edx, 2
        call write
        sub ebp, 1
        jc .done
        call guest_run
        mov edi, eax
        cmp eax, [guest_expected]
        je .repeat
        mov dword [esp + 12], 1
        jmp .repeat
.done:
        add esp, 12
        pop ebx
        push ebx
        mov edx, edi
        mov edi, checksum
        mov ecx, 8
.hex:
        rol edx, 4
        mov eax, edx
        and eax, 15
        mov al, [digits + eax]
        stosb
        loop .hex

        mov ecx, guest_name
        mov edx, ecx
.length:
        inc edx
        cmp byte [edx], 0
        jne .length
        sub edx, ecx
        call write
        mov ecx, text_ok
        mov edx, text_ok_length
        cmp dword [esp], 0
        je .status
        mov ecx, text_bad
        mov edx, text_bad_length
.status:
        call write
        mov ecx, checksum
        mov edx, 9
        call write
        pop ebx
        mov eax, SYS_EXIT
        int 80h

write:                                  ; changes EAX, EBX
        mov eax, SYS_WRITE
        mov ebx, STDOUT
        int 80h
        ret

section .rodata
dot:            db '.', 10
digits:         db '0123456789abcdef'
text_ok:        db ' ok '
text_ok_length  equ $ - text_ok
text_bad:       db ' bad '
text_bad_length equ $ - text_bad

section .data
checksum:       db '????????', 10
