package org.jeroboam.platform.karafcompat;

import org.osgi.framework.hooks.weaving.WeavingException;
import org.osgi.framework.hooks.weaving.WeavingHook;
import org.osgi.framework.hooks.weaving.WovenClass;

/**
 * Puts {@link OrderlyActivator}'s edit into each copy of Karaf's {@code BaseActivator}. It only fails with a {@link
 * WeavingException}, for the reason that {@link SubjectWeavingHook} gives.
 */
final class ActivatorWeavingHook implements WeavingHook {

    @Override
    public void weave(WovenClass wovenClass) {
        if (!wovenClass.getClassName().equals(OrderlyActivator.NAME)) {
            return;
        }
        byte[] before = wovenClass.getBytes();
        try {
            byte[] after = OrderlyActivator.apply(before);
            if (after != before) {
                wovenClass.setBytes(after);
            }
        } catch (RuntimeException e) {
            throw new WeavingException(
                    "The class " + OrderlyActivator.NAME + " of bundle "
                            + wovenClass.getBundleWiring().getBundle().getSymbolicName()
                            + " cannot be made to start once only: " + e.getMessage(),
                    e);
        }
    }
}
