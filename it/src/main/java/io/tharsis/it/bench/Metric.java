package io.tharsis.it.bench;

/** What is reported of every measurement. */
enum Metric {
  IOPS("IOPS", "iops"),
  MEGABYTES_PER_SECOND("MB/s", "megabytesPerSecond"),
  P50_MICROS("p50 us", "p50Micros"),
  P99_MICROS("p99 us", "p99Micros"),
  TARGET_CPU_MICROS("CPU us/IO", "targetCpuMicrosPerIo"),
  SETTLED_CPU_MICROS("until idle", "targetCpuMicrosPerIoUntilIdle"),
  INITIATOR_CPU_MICROS("client us/IO", "initiatorCpuMicrosPerIo");

  private final String title;
  private final String key;

  Metric(String title, String key) {
    this.title = title;
    this.key = key;
  }

  /** Head of the column in the table. */
  String title() {
    return title;
  }

  /** Name of the field in the JSON file. */
  String key() {
    return key;
  }

  double of(Measurement measurement) {
    return switch (this) {
      case IOPS -> measurement.iops();
      case MEGABYTES_PER_SECOND -> measurement.megabytesPerSecond();
      case P50_MICROS -> measurement.p50Micros();
      case P99_MICROS -> measurement.p99Micros();
      case TARGET_CPU_MICROS -> measurement.targetCpuMicros();
      case SETTLED_CPU_MICROS -> measurement.settledCpuMicros();
      case INITIATOR_CPU_MICROS -> measurement.initiatorCpuMicros();
    };
  }
}
