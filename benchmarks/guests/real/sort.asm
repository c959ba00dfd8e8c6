; Words sorted by Shell's method in a segment of their own, then a CRC-32 of them, with operands of 32 bits in 16-bit code.
%include "real/real.inc"

COUNT   equ 8000
ROUNDS  equ 8

work:
        mov word [rounds], ROUNDS
        mov dword [sum], -1
        mov dword [seed], 2463534242
.round:
        push ds
        mov ax, FIRST
        mov es, ax
        xor di, di
        mov cx, COUNT
        mov eax, [seed]
.fill:
        mov edx, eax
        shl edx, 13
        xor eax, edx
        mov edx, eax
        shr edx, 17
        xor eax, edx
        mov edx, eax
        shl edx, 5
        xor eax, edx
        mov [es:di], ax
        add di, 2
        loop .fill
        mov [seed], eax
        mov ax, es
        mov ds, ax
        mov bx, 3280 * 2                ; distance in bytes: 3280, 1093, 364 ... 1
.pass:
        mov si, bx
.insert:
        mov ax, [si]
        mov di, si
.shift:
        cmp di, bx
        jb .place
        mov bp, di
        sub bp, bx
        cmp [ds:bp], ax
        jbe .place
        mov dx, [ds:bp]
        mov [di], dx
        mov di, bp
        jmp .shift
.place:
        mov [di], ax
        add si, 2
        cmp si, COUNT * 2
        jb .insert
        mov ax, bx
        shr ax, 1
        xor dx, dx
        mov cx, 3
        div cx
        add ax, ax
        mov bx, ax
        jnz .pass
        pop ds
        mov eax, [sum]
        xor si, si
        mov cx, COUNT
.crc:
        movzx edx, word [es:si]
        xor eax, edx
        mov dl, 4
.bit:
        shr eax, 1
        jnc .even
        xor eax, 0EDB88320h
.even:
        dec dl
        jnz .bit
        add si, 2
        loop .crc
        mov [sum], eax
        dec word [rounds]
        jnz .round
        mov eax, [sum]
        ret
        GUEST 07e96b1fah
