package io.tharsis.replication.directory;

import java.util.List;
import java.util.Optional;

/**
 * What this node wants a document to say, before it has a version. A value.
 *
 * @param key which document
 * @param authority of a resource: in which epoch it speaks
 * @param content what it says
 */
record Draft(Key key, Optional<Authority> authority, Content content) {

  /** In which line it is written. */
  Line line() {
    return new Line(key, authority.map(by -> by.epoch().id()).orElse(Key.NIL));
  }

  List<EpochRef> continues() {
    return authority.map(Authority::continues).orElse(List.of());
  }
}
