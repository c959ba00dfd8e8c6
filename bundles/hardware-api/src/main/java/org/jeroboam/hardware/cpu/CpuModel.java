package org.jeroboam.hardware.cpu;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The processors a machine can have: what CPUID leaf 1 reports in EAX and which features it has. Leaf 1 EDX follows from
 * the features. No local APIC, no extended leaves.
 */
public enum CpuModel {
    /** Pentium II (Deschutes): no SSE. */
    P2(0x0652, EnumSet.complementOf(EnumSet.of(CpuFeature.SSE, CpuFeature.SSE2, CpuFeature.CLFLUSH))),
    /** Pentium III (Coppermine): SSE. */
    P3(0x0686, EnumSet.complementOf(EnumSet.of(CpuFeature.SSE2, CpuFeature.CLFLUSH))),
    /** Pentium M (Banias): SSE and SSE2. */
    PM(0x0695, EnumSet.allOf(CpuFeature.class));

    private final int signature;
    private final Set<CpuFeature> features;

    CpuModel(int signature, Set<CpuFeature> features) {
        this.signature = signature;
        this.features = Set.copyOf(features);
    }

    /**
     * Type, family, model and stepping: CPUID leaf 1 EAX, and EDX after reset.
     *
     * @return the signature
     */
    public int signature() {
        return signature;
    }

    /**
     * Whether the processor has a feature.
     *
     * @param feature the feature
     * @return whether CPUID reports it
     */
    public boolean has(CpuFeature feature) {
        return features.contains(feature);
    }

    /**
     * All features.
     *
     * @return unmodifiable
     */
    public Set<CpuFeature> features() {
        return features;
    }

    /**
     * The features as CPUID reports them.
     *
     * @return leaf 1 EDX
     */
    public int featureBits() {
        int bits = 0;
        for (CpuFeature feature : features) {
            bits |= 1 << feature.bit();
        }
        return bits;
    }

    /**
     * The name users give.
     *
     * @return p2, p3 or pm
     */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Finds a model by its name.
     *
     * @param id as {@link #id()}
     * @return the model, or empty
     */
    public static Optional<CpuModel> find(String id) {
        return Arrays.stream(values()).filter(m -> m.id().equals(id)).findFirst();
    }

    /**
     * All names, for messages.
     *
     * @return such as {@code p2, p3, pm}
     */
    public static String ids() {
        return Arrays.stream(values()).map(CpuModel::id).collect(Collectors.joining(", "));
    }
}
