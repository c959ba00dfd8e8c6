package org.jeroboam.itests;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.util.Arrays;
import java.util.List;
import javax.inject.Inject;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.startlevel.BundleStartLevel;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;

/** The distribution starts on this Java, and all of our parts in it. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class DistributionIT {

    @Inject
    private BundleContext context;

    @Inject
    private ServiceComponentRuntime components;

    @Configuration
    public Option[] configuration() {
        return Distribution.asBuilt();
    }

    @Test
    public void runsOnTheJavaItIsMadeFor() {
        assertTrue(Runtime.version().toString(), Runtime.version().feature() >= 25);
    }

    @Test
    public void allOurBundlesAreActive() {
        List<Bundle> ours = Arrays.stream(context.getBundles())
                .filter(bundle -> bundle.getSymbolicName().startsWith("jeroboam-"))
                .toList();
        assertTrue(ours.toString(), ours.size() > 10);
        for (Bundle bundle : ours) {
            assertEquals(bundle.getSymbolicName(), Bundle.ACTIVE, bundle.getState());
        }
    }

    @Test
    public void theCompatibilityBundleStartsBeforeAllOthers() {
        Bundle compatibility = Arrays.stream(context.getBundles())
                .filter(bundle -> bundle.getSymbolicName().equals("jeroboam-platform-karaf-compat"))
                .findFirst()
                .orElseThrow();
        assertEquals(1, compatibility.adapt(BundleStartLevel.class).getStartLevel());
    }

    @Test
    public void everyEnabledComponentIsSatisfied() {
        for (ComponentDescriptionDTO description : components.getComponentDescriptionDTOs()) {
            if (description.bundle.symbolicName.startsWith("jeroboam-")) {
                for (ComponentConfigurationDTO configuration : components.getComponentConfigurationDTOs(description)) {
                    boolean satisfied = configuration.state == ComponentConfigurationDTO.SATISFIED
                            || configuration.state == ComponentConfigurationDTO.ACTIVE;
                    assertTrue(description.name + " has the state " + configuration.state, satisfied);
                }
            }
        }
    }
}
