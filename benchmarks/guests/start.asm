; Start of a benchmark guest on a bare machine: a multiboot image (Multiboot Specification 0.6.96) with addresses in its
; header, so that the same flat file also starts from loader.asm. Switches paging on, runs the work as often as the
; command line says (a decimal number behind the last blank), and writes to port E9h a line with a dot before the work and
; after each repetition, then
;     NAME ok|bad CHECKSUM TICKS        (checksum and TSC ticks of the work in hexadecimal)
; and ends the machine: exit port F4h with 0 (ok) or 1, else the word for port 8900h that ends Bochs.
bits 32

extern guest_run, guest_expected, guest_name
extern image_end, memory_end            ; from image.ld

MAGIC           equ 1BADB002h
FLAGS           equ 1 << 16 | 1 << 1    ; addresses in the header; the loader tells the memory
HAS_COMMAND     equ 1 << 2
MAPPED_MIB      equ 64
DEBUG_PORT      equ 0E9h
EXIT_PORT       equ 0F4h
BOCHS_END_PORT  equ 8900h

section .start
header:
        align 4
        dd MAGIC, FLAGS, -(MAGIC + FLAGS)
        dd header, header, image_end, memory_end, start

global start
start:
        cli
        cld
        mov esp, stack_top
        mov esi, ebx                    ; multiboot information
        mov edi, image_end              ; the zero-filled part, whatever the loader did
        mov ecx, memory_end
        sub ecx, edi
        xor eax, eax
        rep stosb
        call read_repetitions
        call enable_paging
        call enable_floating_point

        rdtsc
        push edx
        push eax
        mov ebp, [repetitions]
        xor ebx, ebx                    ; 0 as long as all is well
        xor edi, edi                    ; last checksum
        sub esp, 8                      ; calls find the stack at a multiple of 16
.repeat:
        mov al, '.'
        out DEBUG_PORT, al
        mov al, 10
        out DEBUG_PORT, al
        sub ebp, 1
        jc .done
        call guest_run
        mov edi, eax
        cmp eax, [guest_expected]
        je .repeat
        mov ebx, 1
        jmp .repeat
.done:
        add esp, 8
        rdtsc
        sub eax, [esp]
        sbb edx, [esp + 4]
        push eax
        push edx

        mov esi, guest_name
        call print
        mov esi, text_ok
        test ebx, ebx
        jz .status
        mov esi, text_bad
.status:
        call print
        mov eax, edi
        call print_hex
        mov al, ' '
        out DEBUG_PORT, al
        pop eax
        call print_hex
        pop eax
        call print_hex
        mov al, 10
        out DEBUG_PORT, al

        mov eax, ebx
        out EXIT_PORT, al
        mov esi, text_end
        mov edx, BOCHS_END_PORT
        mov ecx, 8
        rep outsb
.halt:
        hlt
        jmp .halt

; From the multiboot information in ESI; without a command line or a number there, once.
read_repetitions:
        mov dword [repetitions], 1
        test dword [esi], HAS_COMMAND
        jz .none
        mov esi, [esi + 16]
        xor ecx, ecx                    ; the number behind the last blank
        xor edx, edx                    ; its digits
.next:
        lodsb
        test al, al
        jz .end
        movzx eax, al
        sub eax, '0'
        cmp eax, 9
        ja .other
        imul ecx, ecx, 10
        add ecx, eax
        inc edx
        jmp .next
.other:
        xor ecx, ecx
        xor edx, edx
        jmp .next
.end:
        test edx, edx
        jz .none
        mov [repetitions], ecx
.none:
        ret

; Maps the first MAPPED_MIB one to one with pages of 4 KiB.
enable_paging:
        mov edi, page_tables
        mov eax, 3                      ; present, writable
        mov ecx, MAPPED_MIB * 256
.page:
        stosd
        add eax, 4096
        loop .page
        mov edi, page_directory
        mov eax, page_tables + 3
        mov ecx, MAPPED_MIB / 4
.table:
        stosd
        add eax, 4096
        loop .table
        mov eax, page_directory
        mov cr3, eax
        mov eax, cr0
        or eax, 80010000h               ; PG, WP
        mov cr0, eax
        jmp .on
.on:
        ret

; The x87 unit as after FNINIT, errors as exceptions; SSE where there is SSE.
enable_floating_point:
        mov eax, 1
        cpuid
        mov eax, cr0
        and eax, ~12                    ; EM, TS
        or eax, 22h                     ; MP, NE
        mov cr0, eax
        fninit
        test edx, 1 << 25
        jz .no_sse
        mov eax, cr4
        or eax, 600h                    ; OSFXSR, OSXMMEXCPT
        mov cr4, eax
.no_sse:
        ret

print:
        lodsb
        test al, al
        jz .end
        out DEBUG_PORT, al
        jmp print
.end:
        ret

print_hex:
        mov edx, eax
        mov ecx, 8
.digit:
        rol edx, 4
        mov eax, edx
        and eax, 15
        mov al, [digits + eax]
        out DEBUG_PORT, al
        loop .digit
        ret

section .rodata
text_ok:        db ' ok ', 0
text_bad:       db ' bad ', 0
text_end:       db 'Shutdown'
digits:         db '0123456789abcdef'

section .bss
global page_directory, page_tables
alignb 4096
page_directory: resb 4096
page_tables:    resb MAPPED_MIB * 1024
stack:          resb 65536
stack_top:
repetitions:    resd 1
