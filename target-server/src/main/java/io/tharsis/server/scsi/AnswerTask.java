package io.tharsis.server.scsi;

/** A command whose result is known when it arrives: parameter data, or a refusal. */
final class AnswerTask extends Task {

  private final ScsiResult result;

  AnswerTask(Arrival arrival, TaskOrder order, ScsiResult result) {
    super(arrival, order, 0);
    this.result = result;
  }

  @Override
  void start() {
    post(result);
  }

  @Override
  long bufferBytes() {
    return 0;
  }

  @Override
  void discard() {
    result.dataIn().release();
  }
}
