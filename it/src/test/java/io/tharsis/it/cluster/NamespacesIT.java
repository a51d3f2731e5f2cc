package io.tharsis.it.cluster;

import java.io.IOException;
import java.util.Optional;

/** {@link SeparateHosts} in network namespaces. Needs root. */
class NamespacesIT extends SeparateHosts {

  @Override
  Optional<String> hindrance() throws IOException {
    return NetworkLab.hindrance();
  }

  @Override
  Lab make() throws IOException {
    return NetworkLab.make();
  }
}
