package org.jeroboam.machine.board;

import java.lang.foreign.MemorySegment;
import org.jeroboam.hardware.board.BoardRole;
import org.jeroboam.hardware.board.DmaController;
import org.jeroboam.hardware.board.InterruptController;
import org.jeroboam.hardware.board.PciInterruptRouter;
import org.jeroboam.hardware.board.PowerButton;

/** The roles of the board as handles that stay when the part behind them changes. */
public final class Roles {
    private abstract class Handle<R extends BoardRole> {
        R target;
        String owner;

        void set(String newOwner, R implementation) {
            if (target != null) {
                throw new IllegalStateException(newOwner + " and " + owner + " both offer the role "
                        + getClass().getSimpleName());
            }
            target = implementation;
            owner = newOwner;
        }

        void withdraw(String part) {
            if (part.equals(owner)) {
                target = null;
                owner = null;
            }
        }

        void failed(Throwable failure) {
            failures.failed(owner, failure);
        }
    }

    private final class Interrupts extends Handle<InterruptController> implements InterruptController {
        @Override
        public void lineChanged(int irq, boolean level) {
            if (target != null) {
                String outer = failures.calling(owner);
                try {
                    target.lineChanged(irq, level);
                } catch (RuntimeException | Error e) {
                    failed(e);
                }
                failures.back(outer);
            }
        }

        @Override
        public int acknowledge() {
            String outer = failures.calling(owner);
            try {
                return target == null ? 0 : target.acknowledge() & 0xFF;
            } catch (RuntimeException | Error e) {
                failed(e);
                return 0;
            } finally {
                failures.back(outer);
            }
        }

        @Override
        public boolean pending(int irq) {
            String outer = failures.calling(owner);
            try {
                return target != null && target.pending(irq);
            } catch (RuntimeException | Error e) {
                failed(e);
                return false;
            } finally {
                failures.back(outer);
            }
        }
    }

    private final class Router extends Handle<PciInterruptRouter> implements PciInterruptRouter {
        @Override
        public int route(int device, int pin) {
            String outer = failures.calling(owner);
            try {
                int irq = target == null ? -1 : target.route(device, pin);
                return irq > 15 ? -1 : irq;
            } catch (RuntimeException | Error e) {
                failed(e);
                return -1;
            } finally {
                failures.back(outer);
            }
        }
    }

    private final class Dma extends Handle<DmaController> implements DmaController {
        @Override
        public int deviceToMemory(int channel, MemorySegment source, long offset, int length) {
            String outer = failures.calling(owner);
            try {
                return target == null ? 0 : target.deviceToMemory(channel, source, offset, length);
            } catch (RuntimeException | Error e) {
                failed(e);
                return 0;
            } finally {
                failures.back(outer);
            }
        }

        @Override
        public int memoryToDevice(int channel, MemorySegment to, long offset, int length) {
            String outer = failures.calling(owner);
            try {
                return target == null ? 0 : target.memoryToDevice(channel, to, offset, length);
            } catch (RuntimeException | Error e) {
                failed(e);
                return 0;
            } finally {
                failures.back(outer);
            }
        }

        @Override
        public boolean terminalCount(int channel) {
            String outer = failures.calling(owner);
            try {
                return target != null && target.terminalCount(channel);
            } catch (RuntimeException | Error e) {
                failed(e);
                return false;
            } finally {
                failures.back(outer);
            }
        }
    }

    private final class Button extends Handle<PowerButton> implements PowerButton {
        @Override
        public void press() {
            if (target != null) {
                String outer = failures.calling(owner);
                try {
                    target.press();
                } catch (RuntimeException | Error e) {
                    failed(e);
                }
                failures.back(outer);
            }
        }
    }

    private final PartFailures failures;
    private final Interrupts interrupts = new Interrupts();
    private final Router router = new Router();
    private final Dma dma = new Dma();
    private final Button button = new Button();

    /**
     * Creates handles behind which there is nobody.
     *
     * @param failures told when a part throws
     */
    public Roles(PartFailures failures) {
        this.failures = failures;
    }

    /** The interrupt controller. */
    public InterruptController interruptController() {
        return interrupts;
    }

    /** The router of PCI interrupts. */
    public PciInterruptRouter pciInterruptRouter() {
        return router;
    }

    /** The power button, or null when no part has one. */
    public PowerButton powerButton() {
        return button.target == null ? null : button;
    }

    <R extends BoardRole> void provide(String owner, Class<R> role, R implementation) {
        if (role == InterruptController.class) {
            interrupts.set(owner, (InterruptController) implementation);
        } else if (role == PciInterruptRouter.class) {
            router.set(owner, (PciInterruptRouter) implementation);
        } else if (role == DmaController.class) {
            dma.set(owner, (DmaController) implementation);
        } else if (role == PowerButton.class) {
            button.set(owner, (PowerButton) implementation);
        } else {
            throw new IllegalArgumentException("there is no role " + role.getName());
        }
    }

    <R extends BoardRole> R handle(Class<R> role) {
        for (BoardRole handle : new BoardRole[] {interrupts, router, dma, button}) {
            if (role.isInstance(handle)) {
                return role.cast(handle);
            }
        }
        throw new IllegalArgumentException("there is no role " + role.getName());
    }

    void withdraw(String owner) {
        interrupts.withdraw(owner);
        router.withdraw(owner);
        dma.withdraw(owner);
        button.withdraw(owner);
    }
}
