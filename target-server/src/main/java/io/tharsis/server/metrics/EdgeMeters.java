package io.tharsis.server.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.tharsis.server.iscsi.EdgeMetrics;
import io.tharsis.server.iscsi.RejectReason;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/** What is counted at the iSCSI edge, over all portals. Any thread may use it. */
public final class EdgeMeters implements EdgeMetrics {

  private final MeterRegistry registry;
  private final AtomicInteger connections = new AtomicInteger();
  private final Counter accepted;
  private final Counter refused;
  private final Counter logins;
  private final Counter bytesIn;
  private final Counter bytesOut;
  private final Counter pdusIn;
  private final Counter pdusOut;
  private final Counter heldBack;

  EdgeMeters(MeterRegistry registry) {
    this.registry = registry;
    Gauge.builder("tharsis.iscsi.connections", connections, AtomicInteger::get)
        .description("Connections that are open")
        .register(registry);
    accepted = counter("connections.accepted", "Connections that were accepted");
    refused = counter("connections.refused", "Connections refused because there were too many");
    logins = counter("logins", "Logins that reached the full feature phase");
    bytesIn = bytes("received", "Bytes that initiators sent");
    bytesOut = bytes("sent", "Bytes that were sent to initiators");
    pdusIn = counter("pdus.received", "PDUs that initiators sent");
    pdusOut = counter("pdus.sent", "PDUs that were sent to initiators");
    heldBack = counter("commands.held.back", "Commands that waited for transfer memory");
  }

  private Counter counter(String name, String description) {
    return Counter.builder("tharsis.iscsi." + name).description(description).register(registry);
  }

  private Counter bytes(String name, String description) {
    return Counter.builder("tharsis.iscsi." + name)
        .description(description)
        .baseUnit("bytes")
        .register(registry);
  }

  @Override
  public void connectionOpened() {
    connections.incrementAndGet();
    accepted.increment();
  }

  @Override
  public void connectionClosed() {
    connections.decrementAndGet();
  }

  @Override
  public void connectionRefused() {
    refused.increment();
  }

  @Override
  public void loginSucceeded() {
    logins.increment();
  }

  @Override
  public void loginFailed(int status) {
    Counter.builder("tharsis.iscsi.logins.failed")
        .description("Logins that were refused, by status class and detail, RFC 7143 11.13.5")
        .tag("status", "%04x".formatted(status))
        .register(registry)
        .increment();
  }

  @Override
  public void bytesIn(int bytes) {
    bytesIn.increment(bytes);
  }

  @Override
  public void pduIn(int opcode) {
    pdusIn.increment();
  }

  @Override
  public void pduOut(int bytes) {
    pdusOut.increment();
    bytesOut.increment(bytes);
  }

  @Override
  public void rejected(RejectReason reason) {
    Counter.builder("tharsis.iscsi.rejects")
        .description("PDUs that were rejected, by reason, RFC 7143 11.17.1")
        .tag("reason", reason.name().toLowerCase(Locale.ROOT))
        .register(registry)
        .increment();
  }

  @Override
  public void commandHeldBack() {
    heldBack.increment();
  }
}
