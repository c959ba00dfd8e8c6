; The parts of a kernel that system.h offers.
bits 32

global system_start, system_gate, system_user, system_line
extern page_directory, page_tables      ; from start.asm

MAPPED_MIB      equ 64
KERNEL_CODE     equ 08h
KERNEL_DATA     equ 10h
USER_CODE       equ 1Bh
USER_DATA       equ 23h
TASK            equ 28h
RETURN_VECTOR   equ 81h
INTERRUPTS      equ 20h
PIC1            equ 20h
PIC2            equ 0A0h

section .text
system_start:
        cmp byte [started], 0
        jne .end
        mov byte [started], 1
        push edi
        mov eax, task_state
        mov [gdt + TASK + 2], ax
        shr eax, 16
        mov [gdt + TASK + 4], al
        mov [gdt + TASK + 7], ah
        lgdt [gdt_pointer]
        jmp KERNEL_CODE:.code
.code:
        mov ax, KERNEL_DATA
        mov ss, ax
        mov ax, USER_DATA               ; good for both levels
        mov ds, ax
        mov es, ax
        mov fs, ax
        mov gs, ax
        mov dword [task_state + 8], KERNEL_DATA
        mov word [task_state + 102], 104 ; no I/O permission map
        mov ax, TASK
        ltr ax
        lidt [idt_pointer]
        mov edi, page_tables
        mov ecx, MAPPED_MIB * 256
.page:
        or dword [edi], 4
        add edi, 4
        loop .page
        mov edi, page_directory
        mov ecx, MAPPED_MIB / 4
.table:
        or dword [edi], 4
        add edi, 4
        loop .table
        mov eax, cr3
        mov cr3, eax
        push 1
        push leave_user
        push RETURN_VECTOR
        call system_gate
        add esp, 12
        pop edi
.end:
        ret

system_gate:
        mov eax, [esp + 4]
        mov ecx, [esp + 8]
        mov edx, [esp + 12]
        neg edx
        and edx, 6000h                  ; DPL 3 or 0
        or edx, 8E00h
        mov [idt + eax * 8], cx
        mov word [idt + eax * 8 + 2], KERNEL_CODE
        mov [idt + eax * 8 + 4], dx
        shr ecx, 16
        mov [idt + eax * 8 + 6], cx
        ret

system_user:
        mov eax, [esp + 4]
        push ebx
        push esi
        push edi
        push ebp
        mov [kernel_stack], esp
        mov [task_state + 4], esp
        push USER_DATA
        push user_stack_top
        push 2
        push USER_CODE
        push eax
        iret
leave_user:
        mov esp, [kernel_stack]
        pop ebp
        pop edi
        pop esi
        pop ebx
        ret

system_line:
        mov al, 11h                     ; ICW1: edge, cascade, ICW4 follows
        out PIC1, al
        out PIC2, al
        mov al, INTERRUPTS
        out PIC1 + 1, al
        add al, 8
        out PIC2 + 1, al
        mov al, 4
        out PIC1 + 1, al
        mov al, 2
        out PIC2 + 1, al
        mov al, 1
        out PIC1 + 1, al
        out PIC2 + 1, al
        mov ecx, [esp + 4]
        mov eax, 1
        shl eax, cl
        not eax
        out PIC1 + 1, al
        mov al, 0FFh
        out PIC2 + 1, al
        ret

section .data
align 8
gdt:    dq 0
        dq 00CF9B000000FFFFh
        dq 00CF93000000FFFFh
        dq 00CFFB000000FFFFh
        dq 00CFF3000000FFFFh
        dq 0000890000000067h
gdt_pointer:
        dw 47
        dd gdt
idt_pointer:
        dw 2047
        dd idt
started: db 0

section .bss
alignb 16
idt:            resb 2048
task_state:     resb 104
kernel_stack:   resd 1
alignb 16
user_stack:     resb 16384
user_stack_top: resb 16
