package io.tharsis.it.cluster;

import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.util.Optional;

/**
 * {@link SeparateHosts} in containers of an image made from this checkout. Needs a Docker engine;
 * where the property {@code tharsis.it.containers} is {@code required}, it fails without one.
 */
class ContainersIT extends SeparateHosts {

  @Override
  Optional<String> hindrance() throws IOException {
    Optional<String> hindrance = ContainerLab.hindrance();
    if (hindrance.isPresent() && "required".equals(System.getProperty("tharsis.it.containers"))) {
      fail(hindrance.get());
    }
    return hindrance.map(why -> why + "; NamespacesIT does the same in network namespaces");
  }

  @Override
  Lab make() throws IOException {
    return ContainerLab.make();
  }
}
