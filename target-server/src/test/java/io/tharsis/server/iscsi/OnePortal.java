package io.tharsis.server.iscsi;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Tests of one portal with its usual limits, opened and closed around each of them. */
abstract class OnePortal {

  PortalFixture fixture;

  @BeforeEach
  final void open() throws Exception {
    fixture = new PortalFixture();
  }

  @AfterEach
  final void close() throws Exception {
    fixture.close();
  }

  /** The same with other limits, for the rest of the test. */
  final void reopen(IscsiLimits limits) throws Exception {
    fixture.close();
    fixture = new PortalFixture(limits);
  }
}
