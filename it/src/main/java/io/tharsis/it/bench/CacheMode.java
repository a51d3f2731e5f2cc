package io.tharsis.it.bench;

/** What GOOD for a write means while a peer is measured. */
public enum CacheMode {
  /** The data is on stable storage. */
  DURABLE("durable"),
  /** The data is in a volatile cache until SYNCHRONIZE CACHE. */
  WRITE_CACHE("flush");

  private final String resourceOption;

  CacheMode(String resourceOption) {
    this.resourceOption = resourceOption;
  }

  /** The value of {@code cache=} in a resource of {@code tharsis serve}. */
  String resourceOption() {
    return resourceOption;
  }
}
