package io.tharsis.replication.directory;

import io.tharsis.logfiles.format.Blob;

/**
 * What the cluster says of itself, signed by its CA; opaque here, see {@link Warrant}.
 *
 * @param signed the signed bytes
 */
public record ClusterDocument(Blob signed) implements Content {}
