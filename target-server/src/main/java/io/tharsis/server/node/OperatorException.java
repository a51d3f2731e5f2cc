package io.tharsis.server.node;

import java.io.IOException;

/** Something cannot go on until an operator has acted; carries what to tell them. */
final class OperatorException extends IOException {
  private static final long serialVersionUID = 1L;

  private final transient Problem problem;

  OperatorException(Problem problem) {
    super(problem.toString());
    this.problem = problem;
  }

  Problem problem() {
    return problem;
  }
}
