package org.jeroboam.cpu.recompilerx64.lockstep;

/**
 * The handlers of the small system. A fault starts the program again at the next of eight places; page faults of pages
 * that come and go are mended; software interrupts from 30h on do what only a system may do, for programs of all modes.
 */
final class Handlers {
    /** The first software interrupt, and how many there are. */
    static final int SERVICES = 0x30;

    static final int SERVICE_COUNT = 16;

    /** Offset in {@link Guest#VARS} of the addresses at which programs start again. */
    static final int LANDINGS = 0x40;

    static final int LANDING_COUNT = 8;

    private static final int NEXT_LANDING = Guest.VARS;
    private static final int PAGE_TABLE = Guest.VARS + 4;
    private static final int STEPS = Guest.VARS + 8;
    private static final int COUNTER = Guest.VARS + 0x10;
    private static final int DIRECTORY = Guest.VARS + 0x20;
    private static final int OTHER_DIRECTORY = Guest.VARS + 0x24;
    private static final int OTHER_PAGE_TABLE = Guest.VARS + 0x28;
    private static final int CONTROL_WORD = Guest.VARS + 0x2C;

    /** In real mode handlers run in this segment. */
    private static final int REAL_BASE = 0x5000;

    private final Guest guest;
    private final Code code = new Code(Guest.HANDLERS);

    Handlers(Guest guest) {
        this.guest = guest;
        if (guest.mode.isProtected()) {
            protectedMode();
        } else {
            realMode();
        }
    }

    /** Where SYSENTER leads. */
    int systemEntry() {
        return guest.mode.isProtected() ? code.of("sysenter") : 0;
    }

    void write(Guest.Writer w) {
        w.bytes(Guest.HANDLERS, code.bytes());
        w.dword(PAGE_TABLE, guest.pageTable(false));
        w.dword(OTHER_PAGE_TABLE, guest.pageTable(true));
        w.dword(DIRECTORY, guest.directory(false));
        w.dword(OTHER_DIRECTORY, guest.directory(true));
        w.dword(CONTROL_WORD, 0x1F80);
        w.dword(STEPS, 5);
        for (int vector = 0; vector < 256; vector++) {
            int at = code.of(name(vector));
            if (guest.mode.isProtected()) {
                boolean trap = vector == SERVICES + 14;
                w.dword(Guest.IDT + 8 * vector, Guest.FLAT_CODE << 16 | at & 0xFFFF);
                w.dword(Guest.IDT + 8 * vector + 4, at & 0xFFFF_0000 | (trap ? 0xEF00 : 0xEE00));
            } else {
                w.dword(4 * vector, REAL_BASE >> 4 << 16 | at - REAL_BASE);
            }
        }
    }

    private static String name(int vector) {
        return switch (vector) {
            case 1 -> "debug";
            case 3, 4 -> "return";
            case 7 -> "device";
            case 14 -> "page";
            case 16 -> "x87";
            case 19 -> "simd";
            case 0x20 -> "interrupt";
            default ->
                vector >= SERVICES && vector < SERVICES + SERVICE_COUNT ? "service" + (vector - SERVICES) : "restart";
        };
    }

    private void protectedMode() {
        restart();
        code.label("return").put(0xCF);
        code.label("device").put(0x0F, 0x06, 0xCF); // clts; iretd
        code.label("x87").put(0xDB, 0xE2, 0xCF); // fnclex; iretd
        begin("simd").with(CONTROL_WORD, 0x0F, 0xAE, 0x15); // ldmxcsr [...]
        end();
        begin("interrupt").with(COUNTER, 0xFF, 0x05); // inc dword [...]
        end();
        code.label("sysenter").put(0x0F, 0x35); // sysexit
        debug();
        pageFault();
        services();
    }

    private void restart() {
        code.label("restart");
        code.put(0x0F, 0x06, 0xFC); // clts; cld
        code.with(Guest.FLAT_DATA, 0xB8).put(0x8E, 0xD8, 0x8E, 0xD0); // mov eax, ...; mov ds, eax; mov ss, eax
        code.with(Guest.KERNEL_STACK, 0xBC); // mov esp, ...
        code.with(NEXT_LANDING, 0x8B, 0x15); // mov edx, [...]
        code.put(0x42, 0x83, 0xE2, LANDING_COUNT - 1); // inc edx; and edx, ...
        code.with(NEXT_LANDING, 0x89, 0x15); // mov [...], edx
        code.with(Guest.VARS + LANDINGS, 0x8B, 0x14, 0x95); // mov edx, [...+edx*4]
        int stack = Guest.STACK - guest.base(Guest.SS);
        boolean outer = guest.mode.level > 0;
        if (guest.mode == Mode.V86) {
            for (int segment : new int[] {Guest.GS, Guest.FS, Guest.DS, Guest.ES}) {
                code.with(guest.selector(segment), 0x68); // push ...
            }
        }
        if (outer) {
            code.with(guest.selector(Guest.SS), 0x68).with(stack, 0x68);
        } else {
            code.with(guest.selector(Guest.SS), 0xB8).put(0x8E, 0xD0).with(stack, 0xBC); // ss, esp
        }
        code.with(guest.mode == Mode.V86 ? 0x2_3202 : 0x202 | guest.iopl << 12, 0x68);
        code.with(guest.selector(Guest.CS), 0x68).put(0x52); // push edx
        if (guest.mode != Mode.V86) {
            for (int segment : new int[] {Guest.ES, Guest.FS, Guest.GS, Guest.DS}) {
                code.with(guest.selector(segment), 0xB8).put(0x8E, 0xC0 | segment << 3);
            }
        }
        code.put(0xCF);
    }

    /** Saves EAX and DS and makes DS flat. */
    private Code begin(String name) {
        return code.label(name).put(0x50, 0x1E).with(Guest.FLAT_DATA, 0xB8).put(0x8E, 0xD8);
    }

    private void end() {
        code.put(0x1F, 0x58, 0xCF); // pop ds; pop eax; iretd
    }

    /** Sets RF; every fifth time clears TF and the local breakpoints. */
    private void debug() {
        begin("debug");
        code.put(0x80, 0x4C, 0x24, 18, 1); // or byte [esp+18], 1: RF
        code.with(STEPS, 0xFE, 0x0D); // dec byte [...]
        code.shortly("stepping", 0x75);
        code.put(0x80, 0x64, 0x24, 17, 0xFE); // and byte [esp+17], FEh: TF
        code.with(STEPS, 0xC6, 0x05).put(5);
        code.put(0x0F, 0x21, 0xF8, 0x83, 0xE0, 0xF0, 0x0F, 0x23, 0xF8); // mov eax, dr7; and eax, F0h; mov dr7, eax
        code.label("stepping");
        end();
    }

    /** Makes the page of CR2 present, writable and the user's when it is one of those that come and go. */
    private void pageFault() {
        begin("page");
        if (guest.mode.isPaged()) {
            code.put(0x0F, 0x20, 0xD0); // mov eax, cr2
            code.with(Guest.CODE, 0x3D).near("hopeless", 0x0F, 0x82); // cmp eax, ...; jb
            code.with(Guest.DATA_END, 0x3D).near("hopeless", 0x0F, 0x83); // jae
            code.put(0x51, 0xC1, 0xE8, 12); // push ecx; shr eax, 12
            code.with(PAGE_TABLE, 0x8B, 0x0D); // mov ecx, [...]
            code.put(0x83, 0x0C, guest.mode.entrySize() == 8 ? 0xC1 : 0x81, 7); // or dword [ecx+eax*n], 7
            code.put(0x0F, 0x20, 0xD0, 0x0F, 0x01, 0x38, 0x59); // mov eax, cr2; invlpg [eax]; pop ecx
            code.put(0x1F, 0x58, 0x83, 0xC4, 0x04, 0xCF); // pop ds; pop eax; add esp, 4; iretd
        }
        code.label("hopeless").near("restart", 0xE9);
    }

    private void services() {
        for (int service = 0; service < SERVICE_COUNT; service++) {
            begin("service" + service);
            if (guest.mode.isPaged()) {
                paging(service);
            }
            switch (service) {
                case 6 -> code.put(0x0F, 0x21, 0xF8, 0x83, 0xF0, 0x02, 0x0F, 0x23, 0xF8); // dr7 ^= G0
                case 7 -> code.put(0x0F, 0x21, 0xF8, 0x83, 0xF0, 0x08, 0x0F, 0x23, 0xF8); // dr7 ^= G1
                case 8 -> code.put(0x80, 0x4C, 0x24, 17, 1); // or byte [esp+17], 1: TF
                case 9 -> control(0x1_0000); // WP
                case 10 -> control(8); // TS
                case 12 -> control(0x4_0000); // AM
                default -> code.with(COUNTER + 4, 0xFF, 0x05); // inc dword [...]
            }
            end();
        }
    }

    private void control(int bit) {
        code.put(0x0F, 0x20, 0xC0).with(bit, 0x35).put(0x0F, 0x22, 0xC0); // mov eax, cr0; xor eax, ...; mov cr0, eax
    }

    private void paging(int service) {
        int size = guest.mode.entrySize();
        switch (service) {
            case 1 -> { // exchanges the pages 31h and 32h
                code.put(0x51, 0x52).with(PAGE_TABLE, 0xA1); // push ecx; push edx; mov eax, [...]
                code.with(0x31 * size, 0x8B, 0x88).with(0x32 * size, 0x8B, 0x90); // mov ecx, [eax+..]; mov edx, ...
                code.with(0x31 * size, 0x89, 0x90).with(0x32 * size, 0x89, 0x88);
                code.put(0x5A, 0x59);
                invalidate(0x31);
                invalidate(0x32);
            }
            case 2 -> { // pages lose their rights again
                code.with(PAGE_TABLE, 0xA1);
                withdraw(Guest.ABSENT_PAGE, 0xFE);
                withdraw(Guest.READ_ONLY_PAGE, 0xFD);
                withdraw(Guest.SUPERVISOR_PAGE, 0xFB);
                withdraw(Guest.WRITTEN >> 12, 0xFE);
            }
            case 3 -> code.put(0x0F, 0x20, 0xD8, 0x0F, 0x22, 0xD8); // mov eax, cr3; mov cr3, eax
            case 4 -> { // the other tables
                code.put(0x51).with(DIRECTORY, 0xA1).with(OTHER_DIRECTORY, 0x8B, 0x0D);
                code.with(DIRECTORY, 0x89, 0x0D).with(OTHER_DIRECTORY, 0xA3).put(0x0F, 0x22, 0xD9); // mov cr3, ecx
                code.with(PAGE_TABLE, 0xA1).with(OTHER_PAGE_TABLE, 0x8B, 0x0D);
                code.with(PAGE_TABLE, 0x89, 0x0D).with(OTHER_PAGE_TABLE, 0xA3).put(0x59);
            }
            case 5 -> code.put(0x0F, 0x20, 0xE0, 0x34, 0x80, 0x0F, 0x22, 0xE0); // cr4 ^= PGE
            case 11 -> { // clears accessed and dirty bits of the data pages
                code.with(PAGE_TABLE, 0xA1);
                for (int page = 0x30; page < 0x34; page++) {
                    code.with(page * size, 0x80, 0xA0).put(0x9F); // and byte [eax+...], 9Fh
                }
                code.put(0x0F, 0x20, 0xD8, 0x0F, 0x22, 0xD8);
            }
            case 13 -> control(0x8000_0000);
            default -> {
                // nothing
            }
        }
    }

    private void withdraw(int page, int mask) {
        code.with(page * guest.mode.entrySize(), 0x80, 0xA0).put(mask); // and byte [eax+...], ...
        invalidate(page);
    }

    private void invalidate(int page) {
        code.with(page << 12, 0x0F, 0x01, 0x3D); // invlpg [...]
    }

    private void realMode() {
        code.label("restart");
        code.put(0x0F, 0x06, 0xFC); // clts; cld
        code.put(0xB8).word(guest.selector(Guest.SS)).put(0x8E, 0xD0); // mov ax, ...; mov ss, ax
        code.put(0xBC).word(Guest.STACK - guest.base(Guest.SS)); // mov sp, ...
        code.put(0x2E, 0x8B, 0x1E).word(NEXT_LANDING - REAL_BASE); // mov bx, cs:[...]
        code.put(0x43, 0x83, 0xE3, LANDING_COUNT - 1); // inc bx; and bx, ...
        code.put(0x2E, 0x89, 0x1E).word(NEXT_LANDING - REAL_BASE);
        code.put(0xC1, 0xE3, 2); // shl bx, 2
        code.put(0x68).word(0x202);
        code.put(0x68).word(guest.selector(Guest.CS));
        code.put(0x2E, 0xFF, 0xB7).word(Guest.VARS + LANDINGS - REAL_BASE); // push word cs:[bx+...]
        for (int segment : new int[] {Guest.ES, Guest.DS, Guest.FS, Guest.GS}) {
            code.put(0xB8).word(guest.selector(segment)).put(0x8E, 0xC0 | segment << 3);
        }
        code.put(0xCF);
        code.label("return").label("page").put(0xCF);
        code.label("device").put(0x0F, 0x06, 0xCF);
        code.label("x87").put(0xDB, 0xE2, 0xCF);
        code.label("simd")
                .put(0x2E, 0x0F, 0xAE, 0x16)
                .word(CONTROL_WORD - REAL_BASE)
                .put(0xCF);
        code.label("interrupt").put(0x2E, 0xFE, 0x06).word(COUNTER - REAL_BASE).put(0xCF); // inc byte cs:[...]
        code.label("debug").put(0x55, 0x89, 0xE5); // push bp; mov bp, sp
        code.put(0x2E, 0xFE, 0x0E).word(STEPS - REAL_BASE).shortly("stepping", 0x75); // dec byte cs:[...]; jnz
        code.put(0x80, 0x66, 0x07, 0xFE); // and byte [bp+7], FEh: TF
        code.put(0x2E, 0xC6, 0x06).word(STEPS - REAL_BASE).put(5);
        code.label("stepping").put(0x5D, 0xCF);
        for (int service = 0; service < SERVICE_COUNT; service++) {
            code.label("service" + service);
            if (service == 8) {
                code.put(0x55, 0x89, 0xE5, 0x80, 0x4E, 0x07, 0x01, 0x5D); // or byte [bp+7], 1
            }
            code.put(0xCF);
        }
    }
}
