; Primes below 60000 by a sieve of bytes in ES, counters and sum in DS.
%include "real/real.inc"

SIZE    equ 60000
ROUNDS  equ 40

work:
        mov word [rounds], ROUNDS
        mov dword [sum], 0
.round:
        mov ax, FIRST
        mov es, ax
        xor di, di
        mov cx, SIZE / 2
        xor ax, ax
        rep stosw
        mov bx, 2
.next:
        cmp byte [es:bx], 0
        jne .composite
        inc word [sum]
        movzx eax, bx
        add [sum], eax
        mov di, bx
.strike:
        add di, bx
        jc .composite
        cmp di, SIZE
        jae .composite
        mov byte [es:di], 1
        jmp .strike
.composite:
        inc bx
        cmp bx, SIZE
        jb .next
        dec word [rounds]
        jnz .round
        mov eax, [sum]
        ret
        GUEST 099b7d7b8h
