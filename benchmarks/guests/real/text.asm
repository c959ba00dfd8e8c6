; Text from one segment to another, byte by byte with LODSB and STOSB, and whole by REP MOVSW and REP STOSB; words counted.
%include "real/real.inc"

LENGTH  equ 48000
ROUNDS  equ 40

first:  dw FIRST
second: dw SECOND

work:
        mov ax, FIRST
        mov es, ax
        xor di, di
        mov cx, LENGTH
        mov bx, 12345
.fill:                                  ; letters and blanks
        mov ax, bx
        mov dx, 25173
        mul dx
        add ax, 13849
        mov bx, ax
        mov al, ah
        and al, 31
        add al, 96
        cmp al, 123
        jb .letter
        mov al, ' '
.letter:
        stosb
        loop .fill
        mov word [rounds], ROUNDS
        mov dword [sum], 0
.round:
        push ds
        mov ax, FIRST
        mov ds, ax
        mov ax, SECOND
        mov es, ax
        xor si, si
        xor di, di
        mov cx, LENGTH
        xor dx, dx
.copy:                                  ; capitals at the beginning of words
        lodsb
        cmp al, ' '
        je .blank
        test dl, dl
        jnz .inside
        mov dl, 1
        inc dh
        and al, 0DFh
        jmp .store
.blank:
        xor dl, dl
.inside:
.store:
        stosb
        loop .copy
        mov ds, [cs:at(second)]
        mov ax, FIRST
        mov es, ax
        xor si, si
        xor di, di
        mov cx, LENGTH / 2
        rep movsw
        xor di, di
        mov cx, 100
        mov al, dh
        and al, 15
        add al, 'a'
        rep stosb
        xor si, si
        mov cx, LENGTH / 2
        xor bx, bx
        pop ds
        push ds
        mov ds, [cs:at(first)]
.add:
        lodsw
        add bx, ax
        adc bx, cx
        loop .add
        pop ds
        movzx eax, bx
        add [sum], eax
        rol dword [sum], 3
        dec word [rounds]
        jnz .round
        mov eax, [sum]
        ret
        GUEST 02a9174a3h
