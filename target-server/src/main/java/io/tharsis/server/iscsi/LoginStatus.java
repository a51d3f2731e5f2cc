package io.tharsis.server.iscsi;

/** What a Login Response says, RFC 7143 11.13.5: class in the high byte, detail in the low one. */
enum LoginStatus {
  SUCCESS(0x0000),
  INITIATOR_ERROR(0x0200),
  AUTHENTICATION_FAILURE(0x0201),
  TARGET_NOT_FOUND(0x0203),
  TARGET_REMOVED(0x0204),
  UNSUPPORTED_VERSION(0x0205),
  TOO_MANY_CONNECTIONS(0x0206),
  MISSING_PARAMETER(0x0207),
  SESSION_TYPE_NOT_SUPPORTED(0x0209),
  SESSION_DOES_NOT_EXIST(0x020a),
  INVALID_DURING_LOGIN(0x020b),
  TARGET_ERROR(0x0300),
  SERVICE_UNAVAILABLE(0x0301),
  OUT_OF_RESOURCES(0x0302);

  private final int code;

  LoginStatus(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }
}
