# What guest scripts share; it/vm/run puts it before each of them.

# await SECONDS COMMAND...: until it succeeds
await() {
  local end=$((SECONDS + $1))
  until "${@:2}"; do
    if ((SECONDS > end)); then
      echo "not within $1 s: ${*:2}"
      return 1
    fi
    sleep 0.1
  done
}

# login PORTAL TARGET: sets `disk`, the device node of its LUN 0
login() {
  local link=/dev/disk/by-path/ip-$1-iscsi-$2-lun-0
  iscsiadm -m node -T "$2" -p "$1" --login >/dev/null
  await 60 test -e "$link"
  udevadm settle -t 60
  disk=$(readlink -e "$link")
}

# logout PORTAL TARGET: the device is gone then
logout() {
  iscsiadm -m node -T "$2" -p "$1" --logout >/dev/null
  await 60 test ! -e "$disk"
  udevadm settle -t 60
}

# ask QUESTION: says it to who started the machine, and waits for an answer
ask() {
  echo "ask: $1"
  read -r -t 240 _
}

# stamp WHAT: where the time goes
stamp() {
  echo "at $(cut -d' ' -f1 /proc/uptime) s: $1"
}

# quiet COMMAND...: says what it said only when it fails
quiet() {
  "$@" >/tmp/quiet 2>&1 || {
    local status=$?
    echo "$* ended with $status:"
    cat /tmp/quiet
    return "$status"
  }
}

# kernel_said TEXT
kernel_said() {
  dmesg | grep "$1" >/dev/null
}
