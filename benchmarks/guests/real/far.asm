; What compilers for the large model make: far calls, far pointers by LES and LDS, segment registers saved on the stack.
%include "real/real.inc"

COUNT   equ 2000                        ; nodes of a list, in two segments by turns
ROUNDS  equ 150

work:
        mov cx, COUNT
        xor bx, bx
        mov ax, FIRST
        mov dx, SECOND
.node:                                  ; offset and segment of the next node, value
        mov es, ax
        xchg ax, dx
        lea di, [bx + 8]
        mov [es:bx], di
        mov [es:bx + 2], ax
        mov [es:bx + 4], cx
        mov bx, di
        loop .node
        mov dword [es:di - 8], 0
        mov word [rounds], ROUNDS
        mov dword [sum], 0
.round:
        push word FIRST
        push word 0
        call PLACE:at(list_sum)
        add sp, 4
        movzx eax, ax
        add [sum], eax
        dec word [rounds]
        jnz .round
        mov eax, [sum]
        ret

; AX = the sum of the list at the far pointer that is the argument
list_sum:
        push bp
        mov bp, sp
        push ds
        push si
        xor ax, ax
        les bx, [bp + 6]
.next:
        push es
        push bx
        push ax
        call PLACE:at(value)
        pop cx
        add cx, ax
        mov ax, cx
        pop bx
        pop es
        les bx, [es:bx]
        mov cx, es
        or cx, bx
        jnz .next
        pop si
        pop ds
        pop bp
        retf

; AX = the value of the node at the far pointer below the topmost word
value:
        push bp
        mov bp, sp
        push ds
        push si
        lds si, [bp + 8]
        mov ax, [si + 4]
        pop si
        pop ds
        pop bp
        retf
        GUEST 04fecf0h
