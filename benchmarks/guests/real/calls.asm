; Recursion with arguments on the stack, as compilers for the small model make it: near calls, BP frames, PUSH and POP.
%include "real/real.inc"

work:
        push word 27
        call fibonacci
        add sp, 2
        movzx eax, ax
        ret

; AX = the number of the argument, modulo 65536
fibonacci:
        push bp
        mov bp, sp
        push si
        push di
        mov si, [bp + 4]
        cmp si, 2
        jae .deeper
        mov ax, si
        jmp .end
.deeper:
        lea ax, [si - 1]
        push ax
        call fibonacci
        pop cx
        mov di, ax
        lea ax, [si - 2]
        push ax
        call fibonacci
        pop cx
        add ax, di
.end:
        pop di
        pop si
        leave
        ret
        GUEST 0ff42h
