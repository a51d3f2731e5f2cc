/**
 * Who belongs to a cluster, and how its nodes know each other.
 *
 * <p>Owns: the cluster's certificate authority, the certificates of nodes, the signed {@code
 * cluster} document with its revocations, join tokens and their single use, the key and trust
 * material of links, and the files all of this is kept in.
 *
 * <p>This is the rim: it reads and writes small files and signs, so it may block, and it may be
 * called from any thread. Only {@link ClusterTrust#judge} and the key and trust managers are made
 * for event loops: they look at a snapshot in memory. Layouts are drawn in {@code
 * docs/formats/trust.md}; what is protected against whom is said in {@code docs/security.md}.
 */
package io.tharsis.replication.trust;
