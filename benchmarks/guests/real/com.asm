; A program as small ones for DOS are: its variables lie among its routines, in the same lines of 64 bytes and in the same page.
; Random numbers are counted by their low digit; a table and a text of decimal digits lie between routines, too.
%include "real/real.inc"

ROUNDS_COM equ 6000

work:
        jmp .start
.left:  dw 0
.state: dw 0
.sum:   dd 0
.start:
        mov word [at(.left)], ROUNDS_COM
        mov word [at(.state)], 4711
        mov dword [at(.sum)], 0
        push ds
        pop es
        mov di, at(counts)
        mov cx, 10
        xor ax, ax
        rep stosw
.round:
        call random
        call digits
        call count
        mov ax, [at(text)]
        add [at(.sum)], ax
        adc word [at(.sum) + 2], 0
        dec word [at(.left)]
        jnz .round
        mov si, at(counts)
        mov cx, 10
        mov eax, [at(.sum)]
.fold:
        movzx edx, word [si]
        rol eax, 3
        xor eax, edx
        add si, 2
        loop .fold
        ret

; AX = the next random number
random:
        mov ax, [at(work.state)]
        mul word [at(.factor)]
        add ax, 13849
        mov [at(work.state)], ax
        inc word [at(.calls)]
        ret
.factor: dw 25173
.calls: dw 0

; the decimal digits of AX, into text
digits:
        mov [at(.value)], ax
        mov bx, at(text) + 4
.next:
        mov ax, [at(.value)]
        xor dx, dx
        div word [at(.ten)]
        mov [at(.value)], ax
        add dl, '0'
        mov [bx], dl
        dec bx
        cmp bx, at(text)
        jae .next
        ret
.value: dw 0
.ten:   dw 10
text:   db '00000'

count:
        mov bl, [at(text) + 4]
        and bx, 15
        add bx, bx
        inc word [bx + at(counts)]
        ret
counts: times 10 dw 0
        GUEST 019cdf9fah
