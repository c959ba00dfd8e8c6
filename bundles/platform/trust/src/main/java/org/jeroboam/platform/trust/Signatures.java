package org.jeroboam.platform.trust;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.CodeSigner;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.Certificate;
import java.security.cert.PKIXParameters;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks whether all of a jar is signed by somebody who is trusted. */
final class Signatures {
    private static final Logger LOG = LoggerFactory.getLogger(Signatures.class);

    private Signatures() {}

    /**
     * What is wrong with a jar.
     *
     * @param trusted holds the certificates of signers, or of those who certified them
     * @return null when every entry is signed by one signer who is trusted; else the end of a sentence
     */
    static String problem(Path file, KeyStore trusted) throws IOException {
        try (JarFile jar = new JarFile(file.toFile(), true)) {
            if (jar.getManifest() == null) {
                return "has no manifest";
            }
            for (JarEntry entry : Collections.list(jar.entries())) {
                if (entry.isDirectory() || isSignature(entry.getName())) {
                    continue;
                }
                try (InputStream in = jar.getInputStream(entry)) {
                    in.transferTo(java.io.OutputStream.nullOutputStream());
                } catch (SecurityException e) {
                    LOG.debug("{}", file, e);
                    return "was changed after it was signed: " + entry.getName();
                }
                if (!entry.getName().equals(JarFile.MANIFEST_NAME)) {
                    String problem = problem(entry, trusted);
                    if (problem != null) {
                        return problem;
                    }
                }
            }
            return null;
        } catch (SecurityException e) {
            LOG.debug("{}", file, e);
            return "was changed after it was signed: " + e.getMessage();
        }
    }

    private static String problem(JarEntry entry, KeyStore trusted) {
        CodeSigner[] signers = entry.getCodeSigners();
        if (signers == null) {
            return "is not signed: " + entry.getName();
        }
        String who = "";
        for (CodeSigner signer : signers) {
            CertPath path = signer.getSignerCertPath();
            if (isTrusted(path, trusted)) {
                return null;
            }
            who = ((X509Certificate) path.getCertificates().getFirst())
                    .getSubjectX500Principal()
                    .getName();
        }
        return "is signed by somebody who is not trusted: " + who;
    }

    /** Whether a certificate of the path is trusted and vouches for the signer's own. */
    private static boolean isTrusted(CertPath path, KeyStore trusted) {
        List<? extends Certificate> certificates = path.getCertificates();
        try {
            for (int i = 0; i < certificates.size(); i++) {
                if (trusted.getCertificateAlias(certificates.get(i)) != null) {
                    ((X509Certificate) certificates.get(i)).checkValidity();
                    return i == 0 || validates(certificates.subList(0, i), path, trusted);
                }
            }
            return validates(certificates, path, trusted);
        } catch (GeneralSecurityException e) {
            LOG.debug("not trusted: {}", path, e);
            return false;
        }
    }

    private static boolean validates(List<? extends Certificate> certificates, CertPath path, KeyStore trusted)
            throws GeneralSecurityException {
        PKIXParameters parameters = new PKIXParameters(trusted);
        parameters.setRevocationEnabled(false);
        CertPath shorter = java.security.cert.CertificateFactory.getInstance(path.getType())
                .generateCertPath(certificates);
        try {
            CertPathValidator.getInstance("PKIX").validate(shorter, parameters);
            return true;
        } catch (java.security.cert.CertPathValidatorException e) {
            LOG.debug("no path from {}", certificates, e);
            return false;
        }
    }

    /** The files that make up the signature itself (JAR File Specification, "Signed JAR File"). */
    private static boolean isSignature(String name) {
        String upper = name.toUpperCase(Locale.ROOT);
        if (!upper.startsWith("META-INF/") || upper.indexOf('/', "META-INF/".length()) >= 0) {
            return false;
        }
        return upper.endsWith(".SF")
                || upper.endsWith(".RSA")
                || upper.endsWith(".DSA")
                || upper.endsWith(".EC")
                || upper.startsWith("META-INF/SIG-");
    }
}
