package io.tharsis.replication.remote;

import io.tharsis.logfiles.volume.LoggedResource;

/** What is behind a front at the moment. */
sealed interface Backing {

  /** How well the resource is reached. */
  AccessState state();

  /** Why it is not, for people. */
  String reason();

  /** The primary is here. */
  record Local(LoggedResource resource) implements Backing {
    @Override
    public AccessState state() {
      return AccessState.OPTIMIZED;
    }

    @Override
    public String reason() {
      return "";
    }
  }

  /** The primary is at another node. */
  record Remote(RemotePrimary primary) implements Backing {
    @Override
    public AccessState state() {
      return primary.access();
    }

    @Override
    public String reason() {
      return primary.reason();
    }
  }

  /** Where the primary is will be known soon. */
  record Held(String reason) implements Backing {
    @Override
    public AccessState state() {
      return AccessState.TRANSITIONING;
    }
  }

  /** The resource is not served here. */
  record Refused(String reason) implements Backing {
    @Override
    public AccessState state() {
      return AccessState.UNAVAILABLE;
    }
  }
}
