# handover.sh PORTAL TARGET ROUNDS [PORTAL [verified-kills|kills|wishes]]: fio writes to a LUN and verifies it, and ROUNDS
# times in the middle of that asks for "handover N". With a second portal dm-multipath joins the two paths. fio must see
# nothing but pauses, which are told as "pause N MILLISECONDS"; what became of the sessions is told, too. With "kills"
# each round also asks for "restart N", then waits until both paths are good again; fio verifies where that is said.
# With "wishes" the role is moved from here, and "handover N" asks whether it has come.
portal=$1 target=$2 rounds=$3 second=${4:-} way=${5:-}

now() { date +%s%3N; }

# the settings that docs/operating/multipath.md tells people to have
multipath_conf() {
  local grouping=group_by_prio
  [[ $way != wishes ]] || grouping=failover
  cat <<END
defaults {
  find_multipaths yes
  user_friendly_names yes
}
devices {
  device {
    vendor "THARSIS"
    product "VOLUME"
    path_grouping_policy $grouping
    failback immediate
    no_path_retry 30
  }
}
END
}

paths() { # what the kernel knows of each path by now
  local link
  for link in /dev/disk/by-path/ip-*-lun-0; do
    echo "path ${link#*/ip-} $(cat "/sys/block/$(basename "$(readlink -e "$link")")/device/access_state" 2>/dev/null || echo unknown)"
  done
}

join_paths() {
  modprobe -a scsi_dh_alua dm_multipath dm_service_time
  multipath_conf >/etc/multipath.conf
  multipathd >/run/multipathd.txt 2>&1
  await 60 has_paths 2
  disk=/dev/mapper/$(multipathd show maps raw format "%n")
  await 60 test -b "$disk"
  udevadm settle -t 60
  multipath -ll
}
has_paths() {
  [[ $(multipathd show maps raw format "%N" 2>/dev/null) == "$1" ]]
}

good_paths() { # whether all are
  [[ $(multipathd show paths raw format "%t %T" 2>/dev/null | sort | uniq -c | tr -s ' ') == " $1 active ready" ]]
}

path_that_is() { # STATE: the one path
  local link name
  for link in /dev/disk/by-path/ip-*-lun-0; do
    name=$(basename "$(readlink -e "$link")")
    [[ $(cat "/sys/block/$name/device/access_state") != "$1" ]] || echo "$name"
  done
}

path_in_use() { # the one of the group that dm-multipath uses
  local numbers
  numbers=$(dmsetup status "$disk" | grep -o ' A 0 1 [0-9]* [0-9]*:[0-9]*' | sed 's/.* //')
  [[ -z $numbers ]] || basename "$(readlink -e "/sys/dev/block/$numbers")"
}

has_settled() { # all paths are good, and the one in use leads to the primary
  good_paths 2 && [[ $(path_in_use) == "$(path_that_is active/optimized)" ]]
}

# In odd rounds this machine asks the node that is not the primary to be it, in even ones it loses its path to the
# primary, and the kernel asks by itself.
wish() { # ROUND
  local there
  if (($1 % 2)); then
    there=/dev/$(path_that_is active/non-optimized)
    sg_stpg --optimized --tp="$(sg_vpd --page=di "$there" | sed -n 's/.*Target port group: //p')" "$there"
  else
    lost=$(path_that_is active/optimized)
    echo offline >"/sys/block/$lost/device/state"
  fi
}
comes_back() {
  [[ -z ${lost:-} ]] || echo running >"/sys/block/$lost/device/state"
  lost=
}

verify=(--verify=crc32c --verify_fatal=1 --do_verify=1)
[[ $way != kills ]] || verify=()
# one pass: writes everything once and reads it all back
load() { # NUMBER
  fio --name=load --filename="$disk" --ioengine=libaio --iodepth=8 --rw=randwrite --bsrange=4k-64k --size=48m \
    --offset=$(($1 % 2 * 48))m --direct=1 --randseed="$1" "${verify[@]}" \
    --write_lat_log="/tmp/log/$1" --log_unix_epoch=1 --output-format=terse
}
loads() {
  local n
  for ((n = 1; ; n++)); do
    load "$n" >/tmp/fio 2>&1 || { cat /tmp/fio && touch /tmp/failed && return 1; }
    rm -f /tmp/log/*_slat.* /tmp/log/*_clat.*
    [[ ! -e /tmp/stop ]] || break
  done
  echo "passes $n"
}
transferred() {
  local numbers
  read -ra numbers <"/sys/block/$(basename "$(readlink -e "$disk")")/stat"
  echo $((numbers[0] + numbers[4]))
}
goes_on() { # TRANSFERS
  [[ ! -e /tmp/failed ]] && (($(transferred) > $1))
}

iscsiadm -m discovery -t sendtargets -p "$portal"
login "$portal" "$target"
if [[ -n $second ]]; then
  iscsiadm -m discovery -t sendtargets -p "$second"
  login "$second" "$target"
  sg_rtpg --decode --extended "$disk" || sg_rtpg --decode "$disk"
  sg_vpd --page=di "$disk" | grep -A3 'Target port:'
  join_paths
fi
paths
stamp login

mkdir /tmp/log
loads &
for ((round = 1; round <= rounds; round++)); do
  await 240 goes_on $(($(transferred) + 50))
  sleep "0.$((RANDOM % 10))"
  begin=$(now)
  [[ $way != wishes ]] || wish "$round"
  ask "handover $round"
  end=$(now)
  await 240 goes_on $(($(transferred) + 50))
  echo "$round $begin $end" >>/tmp/rounds
  if [[ -n $way ]]; then
    if [[ $way == wishes ]]; then
      comes_back
      await 120 has_settled
    else
      ask "restart $round"
      await 120 good_paths 2
    fi
  fi
done
touch /tmp/stop
wait $! || exit 1
stamp loaded

# a command that was under way between begin and end belongs to the round; the longest is its pause
mawk -F '[ ,]+' '
  NR == FNR { begin[$1] = $2; end[$1] = $3; rounds = $1; next }
  {
    took = $2 / 1000000
    while (first < rounds && end[first + 1] < $1 - took - 20000) first++
    for (round = first + 1; round <= rounds && begin[round] <= $1; round++)
      if ($1 - took <= end[round] && took > pause[round]) pause[round] = took
  }
  END { for (round = 1; round <= rounds; round++) printf "pause %d %.1f\n", round, pause[round] }
' /tmp/rounds $(ls /tmp/log/*_lat.*.log | sort -V)

paths
echo "lost $(dmesg | grep -c 'detected conn error' || true)"
echo "recovered $(grep -c 'operational after recovery' /run/iscsid.txt || true)"
# where a path fails, what was on it goes over the other one: only the joined device may not
device=.
[[ -z $way ]] || device=$(basename "$(readlink -e "$disk")")
echo "errors $(dmesg | grep -iE 'I/O error|critical .* error' | grep -cE "dev $device" || true)"
if [[ -n $second ]]; then
  multipath -ll
  echo "failed $(dmesg | grep -c 'Failing path' || true)"
  multipathd shutdown >/dev/null
fi
stamp end
