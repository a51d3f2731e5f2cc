package io.tharsis.it.initiator;

/**
 * Takes the end of one command. Called exactly once per submitted command, on the thread that polls
 * the initiator.
 */
@FunctionalInterface
public interface Completion {

  /**
   * The command is over. New commands may be submitted from here.
   *
   * @param token what the submitter gave along
   * @param result how it ended; only {@link CommandStatus#GOOD} is an acknowledgement
   */
  void completed(long token, CommandResult result);
}
